/**
 * Messages to the user. Features show them through these functions alone: VS Code makes a link of `[…](…)` in a message,
 * and what comes from a file, a model or an error is text.
 */
import * as vscode from 'vscode';
import { messageText } from '../common/text/markup';

/** @returns the item that was chosen */
export async function showInformation<Item extends string>(text: string, ...items: Item[]): Promise<Item | undefined> {
  return vscode.window.showInformationMessage(messageText(text), ...items);
}

/** @returns the item that was chosen */
export async function showWarning<Item extends string>(text: string, ...items: Item[]): Promise<Item | undefined> {
  return vscode.window.showWarningMessage(messageText(text), ...items);
}

export async function showError(text: string): Promise<void> {
  await vscode.window.showErrorMessage(messageText(text));
}

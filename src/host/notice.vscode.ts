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

/** Asks before something is done, in a dialogue that has to be answered. @returns whether the user said yes */
export async function askModally(question: string, yes: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(messageText(question), { modal: true }, yes)) === yes;
}

export async function showError(text: string): Promise<void> {
  await vscode.window.showErrorMessage(messageText(text));
}

/**
 * Asks the language servers of the editor through its commands. Used by features that can do without an answer: where no server
 * runs, or one fails or is late, the answer is empty.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** What one of VS Code's `execute…Provider` commands answers. */
export async function asked<Item>(command: string, ...parameters: unknown[]): Promise<Item[]> {
  try {
    return (await vscode.commands.executeCommand<Item[] | undefined>(command, ...parameters)) ?? [];
  } catch {
    return [];
  }
}

/** @returns `undefined` where no answer has come after so many milliseconds */
export const askedWithin = async <Item>(
  ms: number,
  command: string,
  ...parameters: unknown[]
): Promise<Item[] | undefined> =>
  Promise.race([asked<Item>(command, ...parameters), sleep(ms, undefined, { ref: false })]);

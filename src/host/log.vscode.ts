import * as vscode from 'vscode';

/** What the rest of the extension needs of a log; `vscode.LogOutputChannel` is one. */
export type Log = Pick<vscode.LogOutputChannel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>;

/** The extension's one log, in the Output view under its name. */
export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Glassbox', { log: true });
}

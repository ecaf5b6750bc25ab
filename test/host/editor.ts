import assert from 'node:assert/strict';
import { globSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension';

/** The running extension's interface. */
export async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>('glassbox.glassbox');
  assert.ok(extension);
  return extension.activate();
}

/** A folder of files that a test may spoil; gone after the suite. */
export function useScratchFolder(): (name: string, content: string | Uint8Array) => vscode.Uri {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-files-'));
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  });
  return (name, content) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return vscode.Uri.file(path);
  };
}

/** Changes a setting of the extension for the suite. */
export function useSetting(name: string, value: unknown): void {
  const set = (to: unknown) =>
    vscode.workspace.getConfiguration('glassbox').update(name, to, vscode.ConfigurationTarget.Global);
  before(() => set(value));
  after(() => set(undefined));
}

/** Opens a file with the cursor at a position; the end of the text where none is given. */
export async function open(uri: vscode.Uri, line?: number, character = 0): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  const position =
    line === undefined ? document.lineAt(document.lineCount - 1).range.end : new vscode.Position(line, character);
  await select(editor, new vscode.Selection(position, position));
  editor.revealRange(editor.selection);
  return editor;
}

/** Selects, and waits until the editor has said so: an earlier selection that it has yet to tell of would count until then. */
export async function select(editor: vscode.TextEditor, selection: vscode.Selection): Promise<void> {
  if (editor.selection.isEqual(selection)) return;
  const told = new Promise<void>((resolve) => {
    const listener = vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections: [first] }) => {
      if (textEditor !== editor || !first?.isEqual(selection)) return;
      listener.dispose();
      resolve();
    });
  });
  editor.selection = selection;
  await told;
}

/** Closes the editor and leaves the file as it was opened. */
export async function close(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}

/** Types as a keyboard does, with auto-closing and all. */
export async function type(text: string): Promise<void> {
  await vscode.commands.executeCommand('type', { text });
}

/** Waits until a condition holds. @throws {Error} when it does not within the time */
export async function until(what: string, holds: () => boolean, withinMs = 100_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await sleep(10);
  }
}

/**
 * Asks for a suggestion as the keyboard shortcut does and takes it as Tab does.
 * @param forward how many times the next of several suggestions is asked for before that
 * @returns what became of the document's text, or undefined where nothing was suggested.
 */
export async function suggestAndAccept(editor: vscode.TextEditor, forward = 0): Promise<string | undefined> {
  // Where its list is open, Tab would take what is chosen there.
  await vscode.commands.executeCommand('hideSuggestWidget');
  // These return when all providers have answered.
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  for (let step = 0; step < forward; step++)
    await vscode.commands.executeCommand('editor.action.inlineSuggest.showNext');
  return accept(editor);
}

/**
 * Takes the suggestion that is on the screen, or about to be, as Tab does; a part of it by another command.
 * @returns what became of the document's text, or undefined where nothing was suggested.
 */
export async function accept(
  editor: vscode.TextEditor,
  by: 'commit' | 'acceptNextLine' = 'commit',
): Promise<string | undefined> {
  const withinMs = 100_000;
  const { activity } = await api();
  const { document } = editor;
  const before = document.version;
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    // Does nothing while no ghost text is there.
    await vscode.commands.executeCommand(`editor.action.inlineSuggest.${by}`);
    if (document.version !== before) return document.getText();
    if (activity.explanation(document.uri.toString()) !== undefined) return undefined;
    await sleep(20);
  }
  throw new Error(`Neither a suggestion nor a reason within ${withinMs} ms.`);
}

/** What the extension has logged so far, line by line, as VS Code keeps it. */
export function logLines(): string[] {
  const { results } = JSON.parse(process.env.GLASSBOX_TESTS ?? '') as { results: string };
  const files = globSync('**/Glassbox.log', { cwd: dirname(results) });
  return files.flatMap((file) =>
    readFileSync(join(dirname(results), file), 'utf8')
      .trimEnd()
      .split('\n'),
  );
}

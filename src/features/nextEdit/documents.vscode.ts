/**
 * Documents as the next edit knows them: which ones may be edited, by which name, and what was changed in them. Used by the parts
 * of the feature that know the editor.
 */
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { isIgnored } from '../../common/files/isIgnored';
import { isSecretPath } from '../../common/secrets/secretFiles';
import { unixLineEnds } from '../../common/text/cursor';
import { shownText } from '../../host/shownText.vscode';
import { digestOf } from '../../nearby/edits/placedEdit';
import type { PlacedEdit } from '../../nearby/edits/placedEdit';
import { isTyped } from './changeKind';
import type { ReplacedPart } from './regions';

/** Longer ones are data, or generated. Lines. */
const maxLines = 20_000;
/** UTF-16 units. */
const maxLength = 1_000_000;

/** The bits of a file's mode that let its owner, its group or all others write it. */
const anyMayWrite = 0o222;

/** The name that searches know a document by: its path, or its address where it is no file. */
export const pathOf = (uri: vscode.Uri): string => (uri.scheme === 'file' ? uri.fsPath : uri.toString());

export const uriOf = (path: string): vscode.Uri =>
  path.startsWith('untitled:') ? vscode.Uri.parse(path) : vscode.Uri.file(path);

/** Whether edits in a document are learnt from and proposed: what a person writes, without secrets, of a usual size. */
export function isEligible(document: vscode.TextDocument): boolean {
  const { uri, lineCount } = document;
  if (uri.scheme !== 'file' && uri.scheme !== 'untitled') return false;
  if (isSecretPath(uri.path) || lineCount > maxLines) return false;
  return document.offsetAt(document.lineAt(lineCount - 1).range.end) <= maxLength;
}

/** The whole text; line ends are `\n`. */
export const textOf = (document: vscode.TextDocument): string => unixLineEnds(document.getText());

/** What was changed, by offsets in a text with `\n` as line end. */
export function changesOf({ document, contentChanges }: vscode.TextDocumentChangeEvent): ReplacedPart[] {
  const isLong = document.eol === vscode.EndOfLine.CRLF;
  return contentChanges.map(({ range, rangeOffset, rangeLength, text }) => ({
    offset: isLong ? rangeOffset - range.start.line : rangeOffset,
    length: isLong ? rangeLength - (range.end.line - range.start.line) : rangeLength,
    text: unixLineEnds(text),
  }));
}

/** Where a position is in the text with `\n` as line end: UTF-16 units. */
export const offsetIn = (document: vscode.TextDocument, position: vscode.Position): number =>
  document.offsetAt(position) - (document.eol === vscode.EndOfLine.CRLF ? position.line : 0);

/** Whether the user typed it, as far as the editor tells. */
export function isOfUser({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): boolean {
  const editor = vscode.window.activeTextEditor;
  const selections = editor?.document === document ? editor.selections : [];
  return isTyped({
    changes: contentChanges.map(({ range, text }) => ({
      firstLine: range.start.line,
      lastLine: range.end.line,
      text,
    })),
    isUndoOrRedo: reason !== undefined,
    selections: selections.map(({ start, end }) => ({ firstLine: start.line, lastLine: end.line })),
  });
}

/** Whether the document is the one that the edit was found in, to the letter. */
export const isUnchanged = (document: vscode.TextDocument, { digest }: PlacedEdit): boolean =>
  // To look for secrets takes fifty times as long, and most texts have none.
  digestOf(textOf(document)) === digest || digestOf(unixLineEnds(shownText(document))) === digest;

/** Where the edit goes. */
export const rangeOf = ({ start, end }: PlacedEdit): vscode.Range =>
  new vscode.Range(start.line, start.character, end.line, end.character);

/** Whether a file may be changed: neither read-only by its folder, itself or the settings, nor ignored, nor one with secrets. */
export async function mayBeChanged(path: string): Promise<boolean> {
  const uri = uriOf(path);
  if (isSecretPath(uri.path)) return false;
  if (uri.scheme !== 'file') return true;
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false || isReadonlyBySettings(uri)) return false;
  try {
    // The editor tells extensions of its own file systems' rights only.
    if (((await stat(path)).mode & anyMayWrite) === 0) return false;
  } catch {
    // It was never saved, or is gone: the editor says so when it is opened.
  }
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder === undefined || !(await isIgnored(folder.uri.fsPath, path));
}

/** `files.readonlyInclude` and `files.readonlyExclude`, which the editor does not tell extensions the outcome of. */
function isReadonlyBySettings(uri: vscode.Uri): boolean {
  const files = vscode.workspace.getConfiguration('files', uri);
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const path = vscode.workspace.asRelativePath(uri, false);
  const matches = (patterns: unknown): boolean =>
    Object.entries((patterns ?? {}) as Record<string, unknown>).some(
      ([pattern, isOn]) => isOn === true && isMatch(pattern, path, uri, folder),
    );
  return matches(files.get('readonlyInclude')) && !matches(files.get('readonlyExclude'));
}

/** Asks the editor itself, which alone knows its patterns. */
function isMatch(glob: string, path: string, uri: vscode.Uri, folder: vscode.WorkspaceFolder | undefined): boolean {
  const pattern = folder ? new vscode.RelativePattern(folder, glob) : glob;
  const asked = { uri, languageId: '', fileName: path } as vscode.TextDocument;
  return vscode.languages.match({ pattern }, asked) > 0;
}

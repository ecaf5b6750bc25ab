/** Where the cursor is, as what shows the next edit asks for it. Used by `nextEdits.vscode.ts`. */
import * as vscode from 'vscode';
import { pathOf } from './documents.vscode';
import type { ShownEdit } from './shownEdit';
import type { CursorPlace } from './view';

export function placeIn({ document, selection, selections }: vscode.TextEditor, edit: ShownEdit): CursorPlace {
  const { line, character } = selection.active;
  return {
    isThere: pathOf(document.uri) === edit.path,
    position: { line, character },
    isPlain: selections.length === 1 && selection.isEmpty,
    before: document.lineAt(line).text.slice(0, character),
  };
}

export const ghostPlaceOf = ({ document, selection: { active } }: vscode.TextEditor) => ({
  document: document.uri.toString(),
  version: document.version,
  line: active.line,
  character: active.character,
});

export const mayBeGhost = (editor: vscode.TextEditor | undefined): boolean =>
  vscode.workspace.getConfiguration('editor', editor?.document).get('inlineSuggest.enabled') !== false;

/** Units that a text has in a document, whose line ends may be longer. */
export const lengthIn = ({ eol }: vscode.TextDocument, text: string): number =>
  text.length + (eol === vscode.EndOfLine.CRLF ? text.split('\n').length - 1 : 0);

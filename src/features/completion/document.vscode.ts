/**
 * Reads the text around a position from a VS Code document as a place with Unix line ends, copying only a bounded
 * window of it. Used by the completion provider.
 */
import * as vscode from 'vscode';
import { unixLineEnds } from '../../common/text/cursor';
import { readWindow } from '../../ipc/engine/documentWindow';
import type { TextSource } from '../../ipc/engine/documentWindow';
import { withSelectedItem } from './cursorContext';
import type { CursorContext } from './cursorContext';

/**
 * The place of a position: the text around it, of which a bounded piece is read however large the document is.
 * @param selected what is chosen in the suggest widget, if it is open.
 */
export function placeAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  selected: vscode.SelectedCompletionInfo | undefined,
): CursorContext {
  const { prefix, suffix } = readWindow(textOf(document), document.offsetAt(position));
  const place = { document: document.uri.toString(), prefix: unixLineEnds(prefix), suffix: unixLineEnds(suffix) };
  // What the suggest widget has selected is what the editor would insert: the text goes on from there.
  return selected === undefined
    ? place
    : withSelectedItem(place, position.character - selected.range.start.character, selected.text);
}

/** The document's text, of which only what is asked for is ever copied. */
function textOf(document: vscode.TextDocument): TextSource {
  return {
    length: document.offsetAt(document.lineAt(document.lineCount - 1).range.end),
    slice: (start, end) => document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end))),
  };
}

/**
 * Reads the text around a position from a VS Code document as a cursor context with Unix line ends, copying only a bounded
 * window of it, which reaches into the other cells of a notebook. Used by the completion provider.
 */
import * as vscode from 'vscode';
import { unixLineEnds } from '../../common/text/cursor';
import { cellsAround } from '../../host/notebooks.vscode';
import { readWindow } from '../../ipc/engine/documentWindow';
import type { TextSource } from '../../ipc/engine/documentWindow';
import { withSelectedItem } from './cursorContext';
import type { CursorContext } from './cursorContext';
import { joinTexts } from './joinedText';

/** A blank line, as between two definitions of a file. */
const betweenCells = '\n\n';

/**
 * The cursor context of a position: the text around it, of which a bounded piece is read however large the document is.
 * @param selected what is chosen in the suggest widget, if it is open.
 */
export function cursorContextAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  selected: vscode.SelectedCompletionInfo | undefined,
): CursorContext {
  const { above, below } = cellsAround(document);
  const own = textOf(document);
  const cells = above.map(textOf);
  const start = cells.reduce((length, cell) => length + cell.length + betweenCells.length, 0);
  const offset = document.offsetAt(position);
  const whole = joinTexts([...cells, own, ...below.map(textOf)], betweenCells);
  const { prefix, suffix } = readWindow(whole, start + offset);
  // The window may begin within the document itself.
  const before = Math.max(0, prefix.length - offset);
  const after = Math.min(suffix.length, own.length - offset);
  const cursor = {
    document: document.uri.toString(),
    prefix: unixLineEnds(prefix.slice(before)),
    suffix: unixLineEnds(suffix.slice(0, after)),
    ...(above.length + below.length > 0 && {
      around: { before: unixLineEnds(prefix.slice(0, before)), after: unixLineEnds(suffix.slice(after)) },
    }),
  };
  // What the suggest widget has selected is what the editor would insert: the text goes on from there.
  return selected === undefined
    ? cursor
    : withSelectedItem(cursor, position.character - selected.range.start.character, selected.text);
}

/** The document's text, of which only what is asked for is ever copied. */
function textOf(document: vscode.TextDocument): TextSource {
  return {
    length: document.offsetAt(document.lineAt(document.lineCount - 1).range.end),
    slice: (start, end) => document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end))),
  };
}

/**
 * Draws a proposed edit in the editors that show its file: what goes is struck out, what comes stands beside it; and at the cursor,
 * what Tab does. Used by `nextEdits.vscode.ts`.
 */
import * as vscode from 'vscode';
import { nextEditColors as colors } from '../../host/ids';

const color = (id: string): vscode.ThemeColor => new vscode.ThemeColor(id);

/** What is to be seen in one editor. */
export interface Drawn {
  /** What goes; empty where something is only put there. */
  readonly removed: vscode.Range | undefined;
  /** What comes, beside what goes; empty where it is ghost text. */
  readonly inserted: string;
  readonly hover: vscode.MarkdownString;
  /** At the end of the line, what Tab does. */
  readonly hint: { readonly text: string; readonly line: number } | undefined;
}

export class EditDrawing implements vscode.Disposable {
  readonly #removed = vscode.window.createTextEditorDecorationType({
    backgroundColor: color(colors.removed),
    textDecoration: 'line-through',
    // Seen in themes of high contrast only.
    border: '1px dashed',
    borderColor: color(colors.border),
    overviewRulerColor: color(colors.removed),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #inserted = vscode.window.createTextEditorDecorationType({
    after: {
      backgroundColor: color(colors.inserted),
      color: color(colors.text),
      border: '1px solid',
      borderColor: color(colors.border),
    },
    overviewRulerColor: color(colors.inserted),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #hint = vscode.window.createTextEditorDecorationType({
    after: {
      color: color(colors.text),
      border: '1px solid',
      borderColor: color(colors.border),
      margin: '0 0 0 2em',
      fontStyle: 'italic',
    },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });

  draw(editor: vscode.TextEditor, { removed, inserted, hover, hint }: Drawn): void {
    const isEmpty = removed?.isEmpty !== false;
    editor.setDecorations(this.#removed, isEmpty ? [] : [{ range: removed, hoverMessage: hover }]);
    editor.setDecorations(
      this.#inserted,
      removed === undefined || inserted === ''
        ? []
        : [
            {
              range: new vscode.Range(removed.end, removed.end),
              hoverMessage: hover,
              renderOptions: { after: { contentText: inserted } },
            },
          ],
    );
    editor.setDecorations(this.#hint, hint === undefined ? [] : [this.#hintAt(editor.document, hint)]);
  }

  clear(editor: vscode.TextEditor): void {
    for (const type of [this.#removed, this.#inserted, this.#hint]) editor.setDecorations(type, []);
  }

  dispose(): void {
    for (const type of [this.#removed, this.#inserted, this.#hint]) type.dispose();
  }

  #hintAt(document: vscode.TextDocument, { text, line }: { text: string; line: number }): vscode.DecorationOptions {
    const { end } = document.validateRange(
      new vscode.Range(line, Number.MAX_SAFE_INTEGER, line, Number.MAX_SAFE_INTEGER),
    );
    return { range: new vscode.Range(end, end), renderOptions: { after: { contentText: text } } };
  }
}

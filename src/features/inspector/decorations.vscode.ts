/**
 * Draws the panel's attention values as heat colours on the tokens in visible editors, and outlines the token pointed
 * at. Used by `inspector.vscode.ts`.
 */
import * as vscode from 'vscode';
import { colors } from '../../host/ids';
import type { CaptureSource } from './source';

type Direction = keyof Pick<typeof colors, 'reads' | 'readBy'>;

/** Heat below this part of 255 is not drawn. */
const faintest = 26;

/** The heat of the panel on the source itself. */
export class Decorations implements vscode.Disposable {
  readonly #types = {
    reads: colors.reads.map((color, level) => heatType(color, level)),
    readBy: colors.readBy.map((color, level) => heatType(color, level)),
  };
  readonly #outline = vscode.window.createTextEditorDecorationType({
    outline: '1px solid',
    outlineColor: new vscode.ThemeColor(colors.outline),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });

  /** Shows again what is shown, in editors that have come into sight. */
  #again: () => void = () => undefined;
  readonly #subscription = vscode.window.onDidChangeVisibleTextEditors(() => this.#again());

  /**
   * @param values strength of each token of a sequence, 0…255
   * @param pointed tokens [from, to) pointed at; none where both are equal
   */
  show(
    source: CaptureSource,
    sequence: number,
    values: Uint8Array,
    direction: Direction,
    pointed: { from: number; to: number },
  ): void {
    this.#again = () => this.#showAll(source, sequence, values, direction, pointed);
    this.#again();
  }

  clear(): void {
    this.#again = () => undefined;
    for (const editor of vscode.window.visibleTextEditors) this.#clearIn(editor);
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const type of this.#all()) type.dispose();
  }

  #showAll(
    source: CaptureSource,
    sequence: number,
    values: Uint8Array,
    direction: Direction,
    pointed: { from: number; to: number },
  ): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.uri.toString() !== source.document.uri) this.#clearIn(editor);
      else this.#showIn(editor, source, sequence, values, direction, pointed);
    }
  }

  #showIn(
    editor: vscode.TextEditor,
    source: CaptureSource,
    sequence: number,
    values: Uint8Array,
    direction: Direction,
    { from, to }: { from: number; to: number },
  ): void {
    const levels = this.#types[direction].map((): vscode.Range[] => []);
    values.forEach((value, token) => {
      const range = value < faintest ? undefined : rangeOf(editor.document, source, sequence, token);
      if (range !== undefined)
        levels[Math.min(levels.length - 1, Math.floor((value * levels.length) / 256))]?.push(range);
    });
    const pointed = Array.from({ length: to - from }, (_, i) =>
      rangeOf(editor.document, source, sequence, from + i),
    ).filter((range) => range !== undefined);
    const [first, last] = [pointed[0], pointed.at(-1)];
    this.#clearIn(editor);
    levels.forEach((ranges, level) => {
      const type = this.#types[direction][level];
      if (type !== undefined) editor.setDecorations(type, ranges);
    });
    editor.setDecorations(this.#outline, first && last ? [first.union(last)] : []);
  }

  #clearIn(editor: vscode.TextEditor): void {
    for (const type of this.#all()) editor.setDecorations(type, []);
  }

  #all(): vscode.TextEditorDecorationType[] {
    return [...this.#types.reads, ...this.#types.readBy, this.#outline];
  }
}

function heatType(color: string, level: number): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor(color),
    // Seen in themes of high contrast only: there, the stronger half has an outline too.
    ...(level >= 2 ? { border: '1px solid', borderColor: new vscode.ThemeColor(colors.border) } : {}),
    overviewRulerColor: level >= 2 ? new vscode.ThemeColor(color) : undefined,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  } as vscode.DecorationRenderOptions);
}

/** Where a token stands now, without the line end that it may close with. */
export function rangeOf(
  document: vscode.TextDocument,
  source: CaptureSource,
  sequence: number,
  token: number,
): vscode.Range | undefined {
  const offsets = source.range(sequence, token);
  if (offsets === undefined) return undefined;
  const range = new vscode.Range(document.positionAt(offsets.start), document.positionAt(offsets.end));
  return document.validateRange(range);
}

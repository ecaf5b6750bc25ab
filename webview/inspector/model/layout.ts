/**
 * Lays the tokens of a sequence out in rows and columns of characters. Used by the code view and its painter; pure
 * computation without DOM.
 */
import type { CapturedSequence } from '../../../src/features/inspector/messages';
import { glyphOf, lineEnd, specialToken } from './glyphs';

/** The token of a piece of text that the model does not read. */
export const unread = -1;

/** A token, or what of it stands on one row. */
export interface Piece {
  /** {@link unread} where it is none. */
  readonly token: number;
  readonly text: string;
  /** Columns, counted from 0. */
  readonly column: number;
  readonly width: number;
}

/** What is drawn on one line of the panel: a line of the text, or what of it fits the width. */
export interface Row {
  /** Number of the line in its file, counted from 1; 0 where it is in none, or where the row goes on with a line. */
  readonly line: number;
  readonly continued: boolean;
  /** Index of the segment that its first token belongs to. */
  readonly segment: number;
  readonly pieces: readonly Piece[];
}

export interface Layout {
  readonly rows: readonly Row[];
  /** For each token, the row that it begins on. */
  readonly rowOf: Uint32Array;
  /** Digits of the largest line number. */
  readonly digits: number;
}

/** What of a sequence is laid out. */
export type Source = Pick<CapturedSequence, 'text' | 'ranges' | 'segments'>;

/**
 * Breaks the tokens of a sequence into rows: at the text's line ends, around tokens that stand for no text, and where
 * the width is used up, there between tokens where that can be.
 *
 * @param firstLines for each segment the number of the line in its file that it begins on; 0: in none
 * @param columns at least 8 are used
 */
export function layOut(source: Source, firstLines: readonly number[], columns: number): Layout {
  const rows = new RowBuilder(source, firstLines, Math.max(8, columns)).build();
  const rowOf = new Uint32Array(source.ranges.length / 2);
  const seen = new Uint8Array(rowOf.length);
  rows.forEach(({ pieces }, row) => {
    for (const { token } of pieces) {
      if (token === unread) continue;
      if (seen[token] === 0) rowOf[token] = row;
      seen[token] = 1;
    }
  });
  // Tokens that end within a character stand where the character does.
  for (let token = 1; token < rowOf.length; token++) if (seen[token] === 0) rowOf[token] = rowOf[token - 1] as number;
  return { rows, rowOf, digits: String(rows.reduce((most, { line }) => Math.max(most, line), 0)).length };
}

class RowBuilder {
  readonly #rows: Row[] = [];
  #pieces: Piece[] = [];
  #column = 0;
  #line = 0;
  #continued = false;
  #segment = -1;
  #start: Pick<Row, 'line' | 'segment'> = { line: 0, segment: 0 };

  constructor(
    private readonly source: Source,
    private readonly firstLines: readonly number[],
    private readonly columns: number,
  ) {}

  build(): Row[] {
    const { text, ranges } = this.source;
    let drawn = 0;
    /** What stands between tokens is drawn too. */
    const drawUpTo = (end: number): void => {
      if (end > drawn) this.#add(unread, text.slice(drawn, end));
      drawn = Math.max(drawn, end);
    };
    for (let token = 0; 2 * token < ranges.length; token++) {
      drawUpTo(this.#startOfSegment(token, ranges[2 * token] as number));
      this.#enterSegmentOf(token);
      drawUpTo(ranges[2 * token] as number);
      const start = ranges[2 * token] as number;
      const end = ranges[2 * token + 1] as number;
      if (end === start) {
        if (this.#pieces.length > 0) this.#endRow(false);
        this.#place(token, specialToken, 1);
        this.#endRow(false);
      } else if (end > drawn) {
        this.#add(token, text.slice(start, end));
        drawn = end;
      }
    }
    drawUpTo(text.length);
    if (this.#pieces.length > 0 || this.#rows.length === 0) this.#endRow(false);
    return this.#rows;
  }

  /** Where the segment begins that a token is the first of; where it is not the first one, nothing new begins. */
  #startOfSegment(token: number, start: number): number {
    const next = this.source.segments[this.#segment + 1];
    return next !== undefined && next.from <= token ? Math.min(start, next.start) : 0;
  }

  #enterSegmentOf(token: number): void {
    const { segments } = this.source;
    const before = this.#segment;
    while (this.#segment + 1 < segments.length && (segments[this.#segment + 1]?.from ?? 0) <= token) this.#segment++;
    if (this.#segment !== before) this.#line = this.firstLines[this.#segment] ?? 0;
  }

  #add(token: number, text: string): void {
    let shown = '';
    let width = 0;
    const flush = (): void => {
      if (width > 0) this.#place(token, shown, width);
      shown = '';
      width = 0;
    };
    const total = measure(text, this.#column);
    if (this.#column + total > this.columns && this.#column > 0 && total <= this.columns) this.#endRow(true);
    for (const character of text) {
      if (character === '\r') continue;
      if (character === '\n') {
        flush();
        // What ends a line hangs over the edge rather than standing on a row of its own.
        this.#place(token, lineEnd, 1);
        this.#endRow(false);
        if (this.#line > 0) this.#line++;
        continue;
      }
      const glyph = glyphOf(character, this.#column + width);
      if (this.#column + width + glyph.width > this.columns && this.#column + width > 0) {
        flush();
        this.#endRow(true);
      }
      shown += glyph.text;
      width += glyph.width;
    }
    flush();
  }

  #place(token: number, text: string, width: number): void {
    if (this.#pieces.length === 0) this.#start = { line: this.#line, segment: Math.max(0, this.#segment) };
    this.#pieces.push({ token, text, column: this.#column, width });
    this.#column += width;
  }

  /** @param continues whether the same line goes on in the next row */
  #endRow(continues: boolean): void {
    this.#rows.push({
      ...this.#start,
      ...(this.#continued ? { line: 0 } : {}),
      continued: this.#continued,
      pieces: this.#pieces,
    });
    this.#pieces = [];
    this.#column = 0;
    this.#continued = continues;
  }
}

/** Columns up to the first line end. */
function measure(text: string, column: number): number {
  let width = 0;
  for (const character of text) {
    if (character === '\n') break;
    width += glyphOf(character, column + width).width;
  }
  return width;
}

/** The token drawn at a place, or undefined where there is none. */
export function tokenAt(layout: Layout, row: number, column: number): number | undefined {
  return layout.rows[row]?.pieces.find(
    (piece) => column >= piece.column && column < piece.column + Math.max(1, piece.width) && piece.token !== unread,
  )?.token;
}

/** The token above or below another, as the arrow keys go: the one in or nearest to the same column. */
export function tokenBeside(layout: Layout, token: number, rows: number): number {
  const from = layout.rowOf[token] ?? 0;
  const column = layout.rows[from]?.pieces.find((piece) => piece.token === token)?.column ?? 0;
  const step = Math.sign(rows);
  for (
    let row = Math.min(Math.max(from + rows, 0), layout.rows.length - 1);
    row !== from && row >= 0 && row < layout.rows.length;
    row += step
  ) {
    const pieces = layout.rows[row]?.pieces ?? [];
    const beside = pieces.reduce<Piece | undefined>(
      (best, piece) =>
        piece.token !== token &&
        piece.token !== unread &&
        (best === undefined || distance(piece, column) < distance(best, column))
          ? piece
          : best,
      undefined,
    );
    if (beside !== undefined) return beside.token;
  }
  return token;
}

function distance({ column, width }: Piece, to: number): number {
  return to < column ? column - to : Math.max(0, to - (column + width - 1));
}

/**
 * Table of token pairs between a question and a hit, with sums and cells for drawing. Used by
 * `webview/inspector/similarity.ts`; computes everything in the page.
 */
import type { ShownSimilarity } from '../../../src/features/inspector/messages';

/** The pairs of a question and what was found for it, and their sums. */
export class PairTable {
  /** What each token of the question adds to the score, and each of the code. */
  readonly questionSums: Float32Array;
  readonly codeSums: Float32Array;
  readonly #most: number;

  constructor(
    private readonly pairs: ShownSimilarity['pairs'],
    readonly rows: number,
    readonly columns: number,
  ) {
    this.questionSums = this.sums({ from: 0, to: columns }, 'readBy');
    this.codeSums = this.sums({ from: 0, to: rows }, 'reads');
    this.#most = pairs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  }

  at(row: number, column: number): number {
    return this.pairs[row * this.columns + column] ?? 0;
  }

  /** `reads`: for each token of the code, its pairs with tokens [from, to) of the question, summed up; `readBy`: the other way round. */
  sums({ from, to }: { from: number; to: number }, direction: 'reads' | 'readBy'): Float32Array {
    const { rows, columns } = this;
    const sums = new Float32Array(direction === 'reads' ? columns : rows);
    if (direction === 'reads') {
      for (let row = from; row < to; row++)
        for (let column = 0; column < columns; column++) sums[column] = (sums[column] as number) + this.at(row, column);
    } else {
      for (let row = 0; row < rows; row++)
        for (let column = from; column < to; column++) sums[row] = (sums[row] as number) + this.at(row, column);
    }
    return sums;
  }

  /**
   * Cells around 128, which is 0, by the root of the value's part of the largest one; of a level, each cell shows the
   * value in it that is furthest from 0.
   */
  cells(
    level: number,
    { x, y, width, height }: { x: number; y: number; width: number; height: number },
  ): { width: number; height: number; data: Uint8Array } {
    const step = 2 ** level;
    const across = Math.max(0, Math.min(width, Math.ceil(this.columns / step) - x));
    const down = Math.max(0, Math.min(height, Math.ceil(this.rows / step) - y));
    const data = new Uint8Array(across * down);
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++)
        data[row * across + column] = this.#cell((y + row) * step, (x + column) * step, step);
    }
    return { width: across, height: down, data };
  }

  #cell(fromRow: number, fromColumn: number, step: number): number {
    let furthest = 0;
    for (let row = fromRow; row < Math.min(this.rows, fromRow + step); row++) {
      for (let column = fromColumn; column < Math.min(this.columns, fromColumn + step); column++) {
        const value = this.at(row, column);
        if (Math.abs(value) > Math.abs(furthest)) furthest = value;
      }
    }
    return this.#most === 0
      ? 128
      : Math.round(128 + 127 * Math.sign(furthest) * Math.sqrt(Math.abs(furthest) / this.#most));
  }
}

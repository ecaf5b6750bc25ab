/**
 * The cosines of one query with all vectors of a model, by row; returned by `shelf.ts`, used by the dense scores. They
 * are valid until the next query.
 */
import { topSlots } from '../store/topSlots';

/** What a comparison with all vectors has found, by their rows; until the next one. */
export interface Cosines {
  readonly length: number;
  /** From -1 to 1, 0 for the zero vector; undefined beyond the last. */
  at(row: number): number | undefined;
}

/** Cosines that lie where they were computed, in parts of one size but for the last. */
export class ScannedCosines implements Cosines {
  readonly length: number;

  /** @param parts the cosines but for a factor @param size of a part */
  constructor(
    private readonly parts: readonly Float32Array[],
    private readonly size: number,
    private readonly factor: number,
  ) {
    this.length = parts.reduce((sum, { length }) => sum + length, 0);
  }

  at(row: number): number | undefined {
    const found = this.parts[Math.floor(row / this.size)]?.[row % this.size];
    return found === undefined ? undefined : found * this.factor;
  }

  /** The rows of the highest, best first. @param accepts whether a row counts; asked only for those that would be among the best */
  best(top: number, accepts: (row: number) => boolean): number[] {
    return topSlots(this.parts, top, accepts);
  }
}

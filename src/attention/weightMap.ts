/**
 * One attention map as quantised bytes with its shape; used throughout `src/attention` and `src/engine/attention`. A
 * causal map stores only its lower triangle.
 */
import { weightOf } from './quantize';

/** Size and form of the maps of a stack. */
export interface MapShape {
  readonly rows: number;
  readonly columns: number;
  /** Only cells at or below the diagonal exist then, and only they are stored. */
  readonly causal: boolean;
}

/** Where row `row` begins in a map's cells. */
export const rowStart = ({ causal, columns }: MapShape, row: number): number =>
  causal ? (row * (row + 1)) / 2 : row * columns;

/** How many cells row `row` has, from column 0 on. */
export const rowLength = ({ causal, columns }: MapShape, row: number): number => (causal ? row + 1 : columns);

/** How many cells a map has: its bytes. */
export const cellCount = (shape: MapShape): number => rowStart(shape, shape.rows);

/** One head's weights, quantised, row by row; of a causal map the lower triangle alone. */
export class WeightMap {
  constructor(
    readonly shape: MapShape,
    /** `cellCount(shape)` bytes. */
    readonly cells: Uint8Array,
  ) {}

  static empty(shape: MapShape): WeightMap {
    return new WeightMap(shape, new Uint8Array(cellCount(shape)));
  }

  /** The bytes of a row, as they lie in the map. */
  row(row: number): Uint8Array {
    const start = rowStart(this.shape, row);
    return this.cells.subarray(start, start + rowLength(this.shape, row));
  }

  /** The byte at a place; 0 above the diagonal of a causal map. */
  at(row: number, column: number): number {
    return this.shape.causal && column > row ? 0 : (this.cells[rowStart(this.shape, row) + column] ?? 0);
  }

  weight(row: number, column: number): number {
    return weightOf[this.at(row, column)] as number;
  }
}

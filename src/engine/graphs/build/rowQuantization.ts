/**
 * Rounds matrices to bytes with one scale a row, symmetric around zero. Used where graphs are built; every step is a float64
 * operation, or a float32 one by `Math.fround`, in a fixed order, so that all machines write the same bytes.
 */

import { roundHalfToEven } from './blockQuantization';

/** Steps from zero to the largest value, on either side: −128 is not used, so that a sign changes nothing else. */
const steps = 127;

/** [rows, columns] bytes, row by row; a value is its byte times its row's scale. */
export interface RowQuantized {
  readonly bytes: Int8Array;
  readonly scales: Float32Array;
}

/**
 * The scale of a row is its largest size over 127, and each value goes to the nearest step, ties to even.
 *
 * @param values [rows, columns], row by row; all of them finite
 */
export function quantizeRows(values: Float32Array, rows: number, columns: number): RowQuantized {
  const bytes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * columns, (row + 1) * columns];
    let largest = 0;
    for (let at = start; at < end; at++) largest = Math.max(largest, Math.abs(values[at] as number));
    const scale = Math.fround(largest / steps);
    scales[row] = scale;
    // A row of zeros, or of values so small that their scale is none, stays zero.
    if (scale === 0) continue;
    for (let at = start; at < end; at++) {
      const code = roundHalfToEven((values[at] as number) / scale);
      bytes[at] = Math.max(-steps, Math.min(steps, code));
    }
  }
  return { bytes, scales };
}

/** [rows, columns] as [columns, rows]. */
export function transpose<T extends Float32Array | Int8Array>(values: T, rows: number, columns: number): T {
  const turned = values.slice() as T;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = values[row * columns + column] as number;
  return turned;
}

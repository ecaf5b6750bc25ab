/**
 * Checks captured weights by multiplying them with the values and comparing the result with the layer's own output;
 * used by `openDecoder.ts` and `graphReader.ts` before weights are shown.
 */
import type { ReadRows } from './decoderReader';

/** Largest part by which what attention made of the values may differ from what the weights make of them. */
const tolerance = { float32: 2e-3, float16: 2e-2 };

/** What one layer's attention took and gave in one run of a text from its first token on. */
export interface Attended {
  /** [heads, rows, columns]. */
  readonly weights: Float32Array;
  /** [key-value heads, columns, size], or [columns, key-value heads · size] where `valuesByToken`. */
  readonly values: Float32Array;
  readonly valuesByToken?: boolean;
  /** [rows, heads·size], or [heads, rows, size]. */
  readonly mixed: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly valueHeads: number;
}

/**
 * Whether weights are what a layer weighs its values with: they are multiplied here again, and compared with what the
 * layer itself made of them. A graph may name an output as weights and give something else.
 *
 * @returns the largest difference, as a part of the largest value
 */
export function differenceOfMix(attended: Attended, headsBehindTokens: boolean): number {
  const { weights, values, mixed, rows, columns, valueHeads, valuesByToken = false } = attended;
  const heads = weights.length / (rows * columns);
  const size = values.length / (valueHeads * columns);
  const group = heads / valueHeads;
  if (
    !Number.isInteger(heads) ||
    !Number.isInteger(size) ||
    !Number.isInteger(group) ||
    mixed.length !== heads * rows * size
  )
    return Infinity;
  let largest = 0;
  let difference = 0;
  for (let head = 0; head < heads; head++) {
    const valueHead = Math.floor(head / group);
    for (let row = 0; row < rows; row++) {
      for (let part = 0; part < size; part++) {
        let sum = 0;
        for (let column = 0; column < columns; column++) {
          const value = valuesByToken
            ? (column * valueHeads + valueHead) * size + part
            : (valueHead * columns + column) * size + part;
          sum += (weights[(head * rows + row) * columns + column] as number) * (values[value] as number);
        }
        const made = mixed[
          headsBehindTokens ? (row * heads + head) * size + part : (head * rows + row) * size + part
        ] as number;
        largest = Math.max(largest, Math.abs(made));
        difference = Math.max(difference, Math.abs(made - sum));
      }
    }
  }
  // NaN is a difference too.
  return difference <= Number.MAX_VALUE ? difference / Math.max(largest, Number.MIN_VALUE) : Infinity;
}

/** Whether every layer of a run from a text's first token on passes. */
export function passes(
  run: ReadRows,
  valueHeads: number,
  headsBehindTokens: boolean,
  type: keyof typeof tolerance,
): boolean {
  return run.weights.every((weights, layer) => {
    const attended = {
      weights,
      values: run.values[layer],
      mixed: run.mixed[layer],
      rows: run.rows,
      columns: run.columns,
      valueHeads,
    };
    return isAttended(attended) && differenceOfMix(attended, headsBehindTokens) <= tolerance[type];
  });
}

const isAttended = (
  found: Omit<Attended, 'values' | 'mixed'> & { values: Float32Array | undefined; mixed: Float32Array | undefined },
): found is Attended => found.values !== undefined && found.mixed !== undefined;

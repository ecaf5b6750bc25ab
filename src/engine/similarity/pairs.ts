/**
 * Splits the cosine of two texts into a share for each pair of their tokens; used by the similarity service. The
 * shares add up to the score.
 */
import type { Step } from '../../common/step';

/** How long work may last before it pauses. */
const pauseMs = 10;

/** Two vectors taken apart, and put together in pairs. */
export interface PairedVectors {
  /** [parts of a, parts of b]. */
  readonly pairs: Float32Array;
  /** The cosine of both sums; NaN where one of them has no direction. */
  readonly score: number;
}

/**
 * Splits the cosine of two sums of vectors: (Σ aᵢ)·(Σ bⱼ) / (‖Σ aᵢ‖·‖Σ bⱼ‖) is the sum over all pairs of
 * aᵢ·bⱼ / (‖Σ aᵢ‖·‖Σ bⱼ‖).
 *
 * @param a [parts, dimension], and so is b
 */
export async function pairsOf(a: Float32Array, b: Float32Array, dimension: number, step: Step): Promise<PairedVectors> {
  const [rows, columns] = [a.length / dimension, b.length / dimension];
  const [left, right] = [sumOf(a, dimension), sumOf(b, dimension)];
  const scale = 1 / Math.sqrt(dot(left, left) * dot(right, right));
  const pairs = new Float32Array(rows * columns);
  let last = performance.now();
  for (let row = 0; row < rows; row++) {
    const own = a.subarray(row * dimension, (row + 1) * dimension);
    for (let column = 0; column < columns; column++)
      pairs[row * columns + column] = scale * dot(own, b.subarray(column * dimension, (column + 1) * dimension));
    if (performance.now() - last < pauseMs) continue;
    await step();
    last = performance.now();
  }
  return { pairs, score: scale * dot(left, right) };
}

function sumOf(parts: Float32Array, dimension: number): Float64Array {
  const sum = new Float64Array(dimension);
  for (let at = 0; at < parts.length; at++)
    sum[at % dimension] = (sum[at % dimension] as number) + (parts[at] as number);
  return sum;
}

function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

/**
 * Attention rollout over the mean maps of all layers, in one go or in steps that can pause; used by `summary.ts`.
 * Takes seconds for 2,048 rows.
 */
import type { WeightMap } from './weightMap';
import { weightOf } from './quantize';

/**
 * Attention rollout (Abnar & Zuidema, 2020): R_l = Â_l · R_{l−1}, R_0 = 1, with Â_l the mean over a layer's heads plus
 * the identity, rows normalised. It costs rows³/6 products for each causal layer, so a map of 2,048 rows takes seconds.
 *
 * @param means of each layer, the lowest first; square, all of one size
 * @returns the rows of the last layer's rollout, each [columns]
 */
export function rolloutRows(means: readonly WeightMap[]): Float32Array[] {
  const steps = rolloutSteps(means);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, with a place to pause behind every row of every layer. */
export function* rolloutSteps(means: readonly WeightMap[]): Generator<undefined, Float32Array[]> {
  const size = means[0]?.shape.rows ?? 0;
  let below: Float32Array[] = Array.from({ length: size }, (_, row) => new Float32Array(size).fill(1, row, row + 1));
  for (const mean of means) {
    const above: Float32Array[] = [];
    for (const [row, own] of below.entries()) {
      const bytes = mean.row(row);
      const mixed = Float32Array.from(own);
      let sum = 1;
      for (let column = 0; column < bytes.length; column++) {
        const weight = weightOf[bytes[column] as number] as number;
        if (weight === 0) continue;
        sum += weight;
        addScaled(mixed, below[column] as Float32Array, weight, mean.shape.causal ? column + 1 : size);
      }
      above.push(mixed.map((value) => value / sum));
      yield;
    }
    below = above;
  }
  return below;
}

function addScaled(into: Float32Array, from: Float32Array, weight: number, length: number): void {
  for (let at = 0; at < length; at++) into[at] = (into[at] as number) + weight * (from[at] as number);
}

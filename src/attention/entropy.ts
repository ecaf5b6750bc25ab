/**
 * Entropy of attention weights and the number of tokens that they are effectively spread over; used by `tiles.ts` and
 * by the engine's head scores. Pure functions.
 */

/** Entropy in bits of weights as parts of their sum; 0 where there are none. */
export function entropyOf(weights: Float32Array): number {
  let sum = 0;
  let logs = 0;
  for (const weight of weights) {
    if (weight <= 0) continue;
    sum += weight;
    logs += weight * Math.log2(weight);
  }
  // Rounding leaves less than nothing of a single weight's.
  return sum === 0 ? 0 : Math.max(0, Math.log2(sum) - logs / sum);
}

/** Over how many tokens weights are spread: as many even ones would have the same entropy. 0 where there are none. */
export function effectiveContext(weights: Float32Array): number {
  return weights.some((weight) => weight > 0) ? 2 ** entropyOf(weights) : 0;
}

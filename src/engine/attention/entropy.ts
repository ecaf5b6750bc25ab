/** Entropy in bits of weights as parts of their sum; 0 where there are none. */
export function entropyOf(weights: ArrayLike<number>): number {
  let sum = 0;
  let logs = 0;
  for (let at = 0; at < weights.length; at++) {
    const weight = weights[at] as number;
    if (weight <= 0) continue;
    sum += weight;
    logs += weight * Math.log2(weight);
  }
  // Rounding leaves less than nothing of a single weight's.
  return sum === 0 ? 0 : Math.max(0, Math.log2(sum) - logs / sum);
}

/** Over how many tokens weights are spread: as many even ones would have the same entropy. 0 where there are none. */
export function effectiveContext(weights: ArrayLike<number>): number {
  for (let at = 0; at < weights.length; at++) if ((weights[at] as number) > 0) return 2 ** entropyOf(weights);
  return 0;
}

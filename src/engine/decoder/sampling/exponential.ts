/**
 * Fast approximation of the exponential for arguments up to zero, used by `draw.ts` and `sampling.ts` over whole
 * vocabularies. Relative error stays below 1e-8.
 */

/** Steps of the table to a power of two. */
const steps = 128;
const stepsPerUnit = steps / Math.LN2;
const unitsPerStep = Math.LN2 / steps;
/** e to the power of less than this is left out: of a million values, all of them come to less than 1e-20. */
const lowest = -60;
/** 2^(−j / steps). */
const powers = Float64Array.from({ length: Math.ceil(-lowest * stepsPerUnit) + 2 }, (_, j) => 2 ** (-j / steps));

/**
 * e^x for x ≤ 0 with a relative error below 1e-8, several times as fast as `Math.exp`, which a vocabulary of a hundred
 * thousand tokens makes the larger part of sampling. 0 for x < −60. NaN for NaN.
 */
export function exponential(x: number): number {
  if (x < lowest) return 0;
  const scaled = x * stepsPerUnit;
  // Negative numbers are rounded to the nearest this way.
  const nearest = (scaled - 0.5) | 0;
  const rest = (scaled - nearest) * unitsPerStep;
  return (powers[-nearest] as number) * (1 + rest * (1 + rest * 0.5));
}

import type { Evidence } from './copy';

/** Weights of a logistic regression over 5,700 copies from 60 packages of the training corpus: `npm run bench -- copying`. */
const weights: readonly number[] = [-4.543, 0.47, 0.345, 0.367, 2.469, -0.589, 0.061, -0.076, -1.112];

/** What the regression sees of the evidence; the first number is always 1. */
export function featuresOf({ agreement, telling, places, share, length, isOwnFile, hasRest, isBlock }: Evidence): number[] {
  return [1, Math.log2(agreement), Math.log2(1 + telling), Math.log2(places), share, Math.log2(length), Number(isOwnFile), Number(hasRest), Number(isBlock)];
}

/** Probability in 0…1 that a programmer would have written exactly this. */
export function confidenceOf(evidence: Evidence): number {
  return probability(featuresOf(evidence), weights);
}

/** What a logistic regression with these weights says. */
export function probability(features: readonly number[], by: readonly number[]): number {
  return 1 / (1 + Math.exp(-features.reduce((sum, value, at) => sum + value * (by[at] ?? 0), 0)));
}

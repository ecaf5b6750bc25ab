/**
 * Ranks candidates by a conditional logit; a logistic regression says how likely the winner is right. Weights are
 * fitted by test/bench/copying/regression.ts.
 */

/** Of a conditional logit (McFadden 1974), which says what to choose, and of a logistic regression, which says how sure that is. */
export interface LogitWeights {
  readonly choice: readonly number[];
  readonly confidence: readonly number[];
}

/** The one that is most likely to be right, and how much it is preferred to the others: 0…1. */
export function preferred(
  features: readonly (readonly number[])[],
  weights: readonly number[],
): { index: number; preference: number } {
  const scores = features.map((own) => dot(own, weights));
  const best = Math.max(...scores);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - best), 0);
  return { index: scores.indexOf(best), preference: 1 / total };
}

/** Probability in 0…1, as a logistic regression with these weights says. */
export function probability(features: readonly number[], weights: readonly number[]): number {
  return 1 / (1 + Math.exp(-dot(features, weights)));
}

/** What {@link probability} makes a probability of. @param p in 0…1 */
export const logit = (p: number): number => Math.log(p / (1 - p));

/**
 * What the logistic regression sees of the chosen one: the first number is always 1, the second says how much it is preferred.
 *
 * @param further what is known whatever is chosen
 */
export function confidenceFeatures(
  chosen: readonly number[],
  preference: number,
  further: readonly number[] = [],
): number[] {
  const certain = 0.999;
  const bounded = Math.min(certain, Math.max(1 - certain, preference));
  return [1, logit(bounded), ...chosen, ...further];
}

/**
 * @param features of each that could be chosen @param further as in `confidenceFeatures`
 * @returns which to take, and the probability in 0…1 that it is right; `undefined` where there is none
 */
export function chooseBy(
  { choice, confidence }: LogitWeights,
  features: readonly (readonly number[])[],
  further?: readonly number[],
): { index: number; confidence: number } | undefined {
  const { index, preference } = preferred(features, choice);
  const chosen = features[index];
  return chosen && { index, confidence: probability(confidenceFeatures(chosen, preference, further), confidence) };
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

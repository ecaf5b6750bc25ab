import type { Evidence } from './evidence';

/** Of the conditional logit, and of the logistic regression. */
export interface Weights {
  readonly choice: readonly number[];
  readonly confidence: readonly number[];
}

/**
 * Fitted to the copies found at 12,600 places in 90 packages of the training corpus: `npm run bench -- copying`.
 * A conditional logit (McFadden 1974) says which candidate is right where one is, a logistic regression whether the
 * chosen one is.
 */
const fitted: Weights = {
  choice: [0.189, 0.597, 1.846, 0.422, -0.103, -0.455, 2.560, 2.103, 2.507, 1.346, 0.671, 1.583, 2.181, -0.090, 0.606, 0.857],
  confidence: [-3.340, 0.404, -0.072, 0.423, 0.738, 0.428, -0.057, -0.140, 0.195, 1.076, 0.466, 0.233, -0.343, 0.404, 0.680, -0.121, 0.063, 0.330, 0.031, -1.467],
};

/** What is known of the place itself. */
export interface Situation {
  /** Whether something stands right of the cursor. */
  readonly hasRest: boolean;
  readonly isBlock: boolean;
}

/** What the conditional logit sees of a candidate. */
export function choiceFeatures({ agreement, aligned, share, sources, rank, length, before, behind, next, near, isKnown, isRenamed, isBoth }: Evidence, { isBlock }: Situation): number[] {
  // Of lines, short ones are right more often; how many of them are wanted is another question.
  const inBlock = isBlock ? [Math.log2(1 + agreement), Math.log2(1 + length), before] : [0, 0, 0];
  return [
    Math.log2(1 + agreement), Math.log2(1 + aligned), share, Math.log2(1 + sources), Math.log2(1 + rank), Math.log2(1 + length),
    before, behind, next, near, Number(isKnown), Number(isRenamed), Number(isBoth), ...inBlock,
  ]; // prettier-ignore
}

/** What the logistic regression sees of the chosen one: the first number is always 1, the second says how much it is preferred. */
export function confidenceFeatures(chosen: Evidence, preference: number, situation: Situation): number[] {
  const certain = 0.999;
  const bounded = Math.min(certain, Math.max(1 - certain, preference));
  return [1, Math.log(bounded / (1 - bounded)), ...choiceFeatures(chosen, situation), Number(situation.hasRest), Number(situation.isBlock)];
}

/** The candidate that is most likely to be right, and how much it is preferred to the others: 0…1. */
export function preferred(features: readonly (readonly number[])[], weights: readonly number[]): { index: number; preference: number } {
  const scores = features.map((own) => dot(own, weights));
  const best = Math.max(...scores);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - best), 0);
  return { index: scores.indexOf(best), preference: 1 / total };
}

/** Probability in 0…1, as a logistic regression with these weights says. */
export function probability(features: readonly number[], weights: readonly number[]): number {
  return 1 / (1 + Math.exp(-dot(features, weights)));
}

/** @returns the candidate to take, and the probability in 0…1 that a programmer would have written exactly this */
export function choose<C extends { readonly evidence: Evidence }>(candidates: readonly C[], situation: Situation, { choice, confidence }: Weights = fitted): { chosen: C; confidence: number } | undefined {
  const { index, preference } = preferred(candidates.map(({ evidence }) => choiceFeatures(evidence, situation)), choice);
  const chosen = candidates[index];
  return chosen && { chosen, confidence: probability(confidenceFeatures(chosen.evidence, preference, situation), confidence) };
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

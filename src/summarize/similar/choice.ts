import { preferred, probability } from '../../engine/copying/choice';
import type { Evidence } from './evidence';
import type { Candidate } from './candidates';

/** Of the conditional logit, and of the logistic regression. */
export interface Weights {
  readonly choice: readonly number[];
  readonly confidence: readonly number[];
}

/**
 * Fitted to 7,216 documented functions in 150 packages of the training corpus: `npm run bench -- similar`. A conditional
 * logit (McFadden 1974) says which candidate holds where one does, a logistic regression whether the chosen one does.
 */
const fitted: Weights = {
  choice: [2.035, 0.078, 0.265, 2.306, 5.550, 1.741, 1.368, 0.420, 0.815, 0.685],
  confidence: [-4.783, -0.016, 1.347, 0.263, 0.003, 0.870, 4.155, 0.766, 0.629, 0.003, 0.377, -0.044],
}; // prettier-ignore

/** Less likely ones are not said: of those that are, more than half say nearly what the author of the function says. */
const leastConfidence = 0.2;

/** What the conditional logit sees of a candidate. */
export function choiceFeatures({ names, told, known, code, parameters, isHere, isInside, share, length }: Evidence): number[] {
  return [names, Number(names === 1), told, known, code, parameters, Number(isHere), Number(isInside), share, Math.log2(1 + length)];
}

/** What the logistic regression sees of the chosen one: the first number is always 1, the second says how much it is preferred. */
export function confidenceFeatures(chosen: Evidence, preference: number): number[] {
  const certain = 0.999;
  const bounded = Math.min(certain, Math.max(1 - certain, preference));
  return [1, Math.log(bounded / (1 - bounded)), ...choiceFeatures(chosen)];
}

/** The candidate to take, where it is likely enough to hold. */
export function choose(candidates: readonly Candidate[], { choice, confidence }: Weights = fitted): Candidate | undefined {
  const { index, preference } = preferred(candidates.map(({ evidence }) => choiceFeatures(evidence)), choice);
  const chosen = candidates[index];
  return chosen && probability(confidenceFeatures(chosen.evidence, preference), confidence) >= leastConfidence ? chosen : undefined;
}

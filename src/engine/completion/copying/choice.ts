/**
 * Picks the best copy candidate and its confidence by a fitted linear model over its evidence; used by `copy.ts`. The
 * weights come from the copying benchmark.
 */
import { chooseBy } from '../../../common/statistics/logit';
import type { LogitWeights } from '../../../common/statistics/logit';
import type { CopyEvidence } from './evidence';

/** Fitted to the copies found at 12,600 places in 90 packages of the training corpus: `npm run bench -- copying`. */
const fitted: LogitWeights = {
  choice: [
    0.189, 0.597, 1.846, 0.422, -0.103, -0.455, 2.56, 2.103, 2.507, 1.346, 0.671, 1.583, 2.181, -0.09, 0.606, 0.857,
  ],
  confidence: [
    -3.34, 0.404, -0.072, 0.423, 0.738, 0.428, -0.057, -0.14, 0.195, 1.076, 0.466, 0.233, -0.343, 0.404, 0.68, -0.121,
    0.063, 0.33, 0.031, -1.467,
  ],
};

/** What is known of the cursor itself. */
export interface Situation {
  /** Whether something stands right of the cursor. */
  readonly hasRest: boolean;
  readonly isBlock: boolean;
}

/** What is seen of a candidate. */
export function choiceFeatures(
  {
    agreement,
    aligned,
    share,
    sources,
    rank,
    length,
    before,
    behind,
    next,
    near,
    isKnown,
    isRenamed,
    isBoth,
  }: CopyEvidence,
  { isBlock }: Situation,
): number[] {
  // Of lines, short ones are right more often; how many of them are wanted is another question.
  const inBlock = isBlock ? [Math.log2(1 + agreement), Math.log2(1 + length), before] : [0, 0, 0];
  return [
    Math.log2(1 + agreement), Math.log2(1 + aligned), share, Math.log2(1 + sources), Math.log2(1 + rank), Math.log2(1 + length),
    before, behind, next, near, Number(isKnown), Number(isRenamed), Number(isBoth), ...inBlock,
  ]; // prettier-ignore
}

/** What the logistic regression sees of the cursor, whatever is chosen. */
export const situationFeatures = ({ hasRest, isBlock }: Situation): number[] => [Number(hasRest), Number(isBlock)];

/** @returns the candidate to take, and the probability in 0…1 that a programmer would have written exactly this */
export function choose<C extends { readonly evidence: CopyEvidence }>(
  candidates: readonly C[],
  situation: Situation,
  weights = fitted,
): { chosen: C; confidence: number } | undefined {
  const best = chooseBy(
    weights,
    candidates.map(({ evidence }) => choiceFeatures(evidence, situation)),
    situationFeatures(situation),
  );
  const chosen = best && candidates[best.index];
  return chosen && { chosen, confidence: best.confidence };
}

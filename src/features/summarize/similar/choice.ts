/**
 * Selects the best candidate sentence by a fitted logistic model, or none below a minimum confidence. Used by
 * `similar.ts`; the weights come from a benchmark.
 */
import { chooseBy } from '../../../common/statistics/logit';
import type { LogitWeights } from '../../../common/statistics/logit';
import type { SentenceCandidate } from './candidates';
import type { SimilarityEvidence } from './evidence';

/** Fitted to 7,216 documented functions in 150 packages of the training corpus: `npm run bench -- similar`. */
const fitted: LogitWeights = {
  choice: [2.035, 0.078, 0.265, 2.306, 5.550, 1.741, 1.368, 0.420, 0.815, 0.685],
  confidence: [-4.783, -0.016, 1.347, 0.263, 0.003, 0.870, 4.155, 0.766, 0.629, 0.003, 0.377, -0.044],
}; // prettier-ignore

/** Less likely candidates are not shown. Of those shown, more than half say nearly what the function's author says. */
const minConfidence = 0.2;

/** What is seen of a candidate. */
export function choiceFeatures({
  names,
  told,
  known,
  code,
  parameters,
  isHere,
  isInside,
  share,
  length,
}: SimilarityEvidence): number[] {
  return [
    names,
    Number(names === 1),
    told,
    known,
    code,
    parameters,
    Number(isHere),
    Number(isInside),
    share,
    Math.log2(1 + length),
  ];
}

/** The candidate to take, where it is likely enough to hold. */
export function choose(candidates: readonly SentenceCandidate[]): SentenceCandidate | undefined {
  const best = chooseBy(
    fitted,
    candidates.map(({ evidence }) => choiceFeatures(evidence)),
  );
  return best && best.confidence >= minConfidence ? candidates[best.index] : undefined;
}

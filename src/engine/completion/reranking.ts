/**
 * Reranks texts for a cursor by what the model says of each and of the lines that follow it; used by
 * `completionModel.ts` for models that do not see those lines. Runs no model.
 */
import { chooseBy, confidenceFeatures, logit, probability } from '../../common/statistics/logit';
import type { LogitWeights } from '../../common/statistics/logit';
import type { CursorText } from '../../common/text/cursor';

/** Lines behind the cursor's that texts are judged by, blank ones not counted. */
const maxLines = 2;
/** Tokens of them; more say no more (of 203 places that nothing was fitted to, 8 and 16 show as many right texts, 4 fewer). */
export const maxFollowingTokens = 8;
/** Natural logarithms are bounded: a text that was ruled out is no more than that. */
const minLogprob = -30;

/** What is known of a text. Natural logarithms. */
export interface RankingEvidence {
  /** Of the probability that it is written here: the model's own, a copy's confidence, or of both together. */
  readonly logprob: number;
  /** Of the probability of what follows, once it is written. */
  readonly followed: number;
  /** Tokens of what follows. */
  readonly followingTokens: number;
  readonly isCopied: boolean;
}

/** Fitted to 405 places in 58 packages of the training corpus with the embedded decoder: `npm run bench -- reranking`. */
const fitted: LogitWeights = {
  choice: [1.129, 0.431, 0.103, -1.208],
  confidence: [1.202, 0.093, 1.028, -0.102, 1.056, -0.848],
};

/**
 * What stands behind the cursor, as far as texts are judged by it: a text that is right makes it likely, one that is wrong
 * often does not (compare left-to-right reranking in Fried et al., InCoder, arXiv 2204.05999).
 */
export function followingText({ rest, nextLines }: CursorText): string {
  const lines: string[] = [];
  let left = maxLines;
  for (const line of nextLines.split('\n', 8 * maxLines)) {
    lines.push(line);
    if (line.trim() !== '' && --left === 0) break;
  }
  return left === maxLines ? rest : [rest, ...lines].join('\n');
}

/** What the choice sees of a text: see `LogitWeights`. */
export const rankingFeatures = ({ logprob, followed, followingTokens, isCopied }: RankingEvidence): number[] => [
  Math.max(minLogprob, logprob),
  followed,
  followed / Math.max(1, followingTokens),
  Number(isCopied),
];

/** @returns the one to propose, and the probability in 0…1 that a programmer would have written exactly this */
export function rerank(
  candidates: readonly RankingEvidence[],
  weights = fitted,
): { index: number; confidence: number } | undefined {
  return chooseBy(weights, candidates.map(rankingFeatures));
}

/**
 * How probable a text of the model's must be to be as sure as that in the best case: no other text is as likely, and what
 * follows is certain.
 *
 * @param confidence in 0…1
 * @returns natural logarithm; above 0 where no text can be so sure
 */
export function leastLogprob(confidence: number, weights = fitted.confidence): number {
  const logitAt = (logprob: number): number => {
    const features = rankingFeatures({ logprob, followed: 0, followingTokens: 0, isCopied: false });
    return logit(probability(confidenceFeatures(features, 1), weights));
  };
  const most = logitAt(0);
  return (logit(confidence) - most) / (most - logitAt(-1));
}

/** Natural logarithm of the sum of two probabilities that are given by theirs: two who say the same are surer together. */
export const logOfBoth = (a: number, b: number): number =>
  Math.min(0, Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));

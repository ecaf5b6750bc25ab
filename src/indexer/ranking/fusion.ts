/**
 * How words and meaning are weighed against each other. Both are sums over a question of any length, so each is first
 * brought to a scale that does not depend on it.
 */

export type SearchMode = 'lexical' | 'dense' | 'hybrid';

/** What is known of a chunk beside its text. */
export interface ChunkEvidence {
  /** Its BM25 score. */
  readonly lexical: number;
  /** Its cosine in standard deviations above the mean (see `DenseScores`), undefined without a vector. */
  readonly dense: number | undefined;
}

/** The best of each kind that any chunk has to offer. */
export type Best = Readonly<Record<keyof ChunkEvidence, number>>;

/**
 * Both parts are raised to this power: what is outstanding by one of them counts more than what is fair by both.
 *
 * Chosen with the weight on the functions of eslint, lodash, commander, luxon, mathjs, requests and httpx, every fourth
 * query of the quality bench; MRR@10 of names shown and names masked, with the static table: this 0.448 and 0.279; sums
 * with weights of 0.5, 0.7, 1, 1.4 and 2 at most 0.436 and 0.273; reciprocal ranks with k = 10 0.424 and 0.261, with
 * k = 60 0.388 and 0.244; words alone 0.368 and 0.188.
 */
const power = 2;
/** What meaning counts where words count 1. */
const denseWeight = 1;

/** A score above 0, the higher the better, for rules to change by factors. */
export function fuse({ lexical, dense }: ChunkEvidence, best: Best, mode: SearchMode): number {
  if (mode === 'lexical') return lexical;
  const byMeaning = best.dense > 0 ? Math.max(0, dense ?? 0) / best.dense : 0;
  if (mode === 'dense') return byMeaning;
  const byWords = best.lexical > 0 ? lexical / best.lexical : 0;
  return byWords ** power + denseWeight * byMeaning ** power;
}

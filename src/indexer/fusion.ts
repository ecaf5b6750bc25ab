/**
 * How words and meaning are weighed against each other. Both are sums over a question of any length, so each is first
 * brought to a scale that does not depend on it.
 */

export type SearchMode = 'lexical' | 'dense' | 'hybrid';

/** What is known of a chunk beside its text. */
export interface Evidence {
  /** Its BM25 score. */
  readonly lexical: number;
  /** Its cosine in standard deviations above the mean (see `DenseScores`), undefined without a vector. */
  readonly dense: number | undefined;
}

/** The best of each kind that any chunk has to offer. */
export type Best = Readonly<Record<keyof Evidence, number>>;

/** What meaning counts where words count 1. */
const denseWeight = 1;

/** A score above 0, the higher the better, for rules to change by factors. */
export function fuse({ lexical, dense }: Evidence, best: Best, mode: SearchMode): number {
  if (mode === 'lexical') return lexical;
  const byMeaning = best.dense > 0 ? Math.max(0, dense ?? 0) / best.dense : 0;
  if (mode === 'dense') return byMeaning;
  return (best.lexical > 0 ? lexical / best.lexical : 0) + denseWeight * byMeaning;
}

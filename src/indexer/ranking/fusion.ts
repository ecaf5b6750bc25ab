/**
 * How words and meaning are weighed against each other. Both are sums over a question of any length, so each is first
 * brought to a scale that does not depend on it.
 */

import type { QuestionKind } from './questionKind';

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

/** How the two parts are put together. */
export interface Weights {
  /** Both parts are raised to it: above 1, what is outstanding by one of them counts more than what is fair by both. */
  readonly power: number;
  /** What meaning counts where words count 1. */
  readonly meaning: number;
}

/**
 * By what a question is made of. Chosen on the functions of lodash, commander, luxon, requests and httpx (for the table of mathjs too) by what the
 * table and the encoder get together (`npm run bench -- fusion`, with `--encoder` and without). On the packages that nothing was
 * chosen on, MRR@10 with these weights and, in brackets, with one for all (power 2, meaning 1):
 *
 * | | table | encoder |
 * |---|---|---|
 * | sentences, names shown | 0.551 (0.538) | 0.640 (0.625) |
 * | sentences, names hidden | 0.371 (0.369) | 0.462 (0.456) |
 * | names | 0.787 (0.751) | 0.924 (0.915) |
 * | a line of code | 0.811 (0.791) | 0.815 (0.759) |
 */
export const weights: Readonly<Record<QuestionKind, Weights>> = {
  code: { power: 3, meaning: 0.35 },
  name: { power: 1, meaning: 0.35 },
  sentence: { power: 1, meaning: 1.4 },
};

/** A score above 0, the higher the better, for rules to change by factors. */
export function fuse(
  { lexical, dense }: ChunkEvidence,
  best: Best,
  mode: SearchMode,
  { power, meaning }: Weights,
): number {
  if (mode === 'lexical') return lexical;
  const byMeaning = best.dense > 0 ? Math.max(0, dense ?? 0) / best.dense : 0;
  if (mode === 'dense') return byMeaning;
  const byWords = best.lexical > 0 ? lexical / best.lexical : 0;
  return byWords ** power + meaning * byMeaning ** power;
}

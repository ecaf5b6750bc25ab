/** Says what an index holds: how much of it can be found by what, and which files are not searched. Used by `searchIndex.ts`. */
import type { SkipReason } from '../chunks/content';
import type { Searched } from '../ranking/searched';
import type { Catalogue } from '../store/catalogue';

/** How much of the index can be found by what. */
export interface Coverage {
  readonly files: number;
  readonly chunks: number;
  /** Chunks that have a vector, by the best model that has embedded them. */
  readonly vectors: Readonly<Record<string, number>>;
}

export function coverageOf({ catalogue, dense }: Searched): Coverage {
  return catalogue.snapshot((): Coverage => {
    dense.refresh();
    const files = countOf(catalogue, 'SELECT count(*) AS count FROM files WHERE skipped IS NULL');
    return { files, chunks: dense.slots.live, vectors: Object.fromEntries(dense.coverage()) };
  });
}

/** Files that are not searched. */
export interface SkippedInIndex {
  readonly total: number;
  readonly files: { path: string; reason: SkipReason }[];
}

/** At most `limit` of them, those first that a person may have written. */
export function skippedIn(catalogue: Catalogue, limit: number): SkippedInIndex {
  return {
    total: countOf(catalogue, 'SELECT count(*) AS count FROM files WHERE skipped IS NOT NULL'),
    files: catalogue.all(
      "SELECT path, skipped AS reason FROM files WHERE skipped IS NOT NULL ORDER BY skipped = 'binary', skipped, path LIMIT ?",
      limit,
    ),
  };
}

function countOf(catalogue: Catalogue, query: string): number {
  return catalogue.all<{ count: number }>(query)[0]?.count ?? 0;
}

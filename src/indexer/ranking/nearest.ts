/**
 * Finds the chunks nearest to a vector, with their texts, before a deadline; reached through `searchIndex.ts`. Applies
 * no lexical score and no ranking rules.
 */
import type { ReadChunk } from '../chunks/sources';
import type { Searched } from './searched';
import type { QuestionVector } from '../vectors/searchedModel';

/** A snippet that is near to a text. */
export interface Nearest {
  /** As in the index. */
  readonly path: string;
  /** Lines from 1, both included. */
  readonly from: number;
  readonly to: number;
  readonly symbol: string;
  /** The cosine. */
  readonly score: number;
  readonly text: string;
}

export interface NearestOptions {
  /** How many at most. */
  readonly top: number;
  /** Below this cosine, nothing is near. */
  readonly least?: number;
  /** Whether chunks of a file count; the one that is being written, for one, says nothing new. */
  readonly acceptsPath?: (path: string) => boolean;
  /** `performance.now()` after which the answer is no longer wanted; what was found until then is the answer. */
  readonly deadline?: number;
}

/** Chunks that are looked at for each that is wanted: some lie in files that do not count. */
const lookedAt = 4;

/** The chunks that are nearest to a vector, the nearest first, with their texts. */
export function nearest(
  { catalogue, dense }: Searched,
  vectors: ReadonlyMap<string, QuestionVector>,
  readChunk: ReadChunk,
  { top, least = 0, acceptsPath = () => true, deadline = Infinity }: NearestOptions,
): Nearest[] {
  return catalogue.snapshot(() => {
    dense.refresh();
    if (performance.now() + dense.expectedMilliseconds > deadline) return [];
    const scores = dense.scores(vectors);
    const statement = catalogue.prepare(
      'SELECT path, "start", "end", from_line AS "from", to_line AS "to", symbols FROM chunks JOIN files ON files.id = chunks.file WHERE chunks.id = ?',
    );
    const found: Nearest[] = [];
    for (const slot of scores.best(top * lookedAt, () => true)) {
      const score = scores.cosine(slot) ?? 0;
      if (found.length >= top || score < least || performance.now() > deadline) break;
      const row = statement.get(dense.slots.chunkAt(slot)) as Row | undefined;
      if (row === undefined || !acceptsPath(row.path)) continue;
      const { path, from, to, symbols, start, end } = row;
      const text = readChunk(path, start, end);
      if (text !== undefined) found.push({ path, from, to, symbol: symbols.replaceAll('\n', '.'), score, text });
    }
    return found;
  });
}

interface Row {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly symbols: string;
}

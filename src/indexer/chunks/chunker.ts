/** Cuts a file into chunks along the definitions of its language; used by `indexing.ts` and benchmarks. */
import { definitionsOf } from '../../syntax/definitions';
import type { Grammars } from '../../syntax/grammars';
import { nest } from '../../syntax/outline';
import { regionsOf } from '../../syntax/regions';
import { chunkLimit, cutChunks } from './chunks';
import type { Chunk } from './chunks';

/**
 * Cuts a file by what it is, as its name says. Where parts of it are in languages of their own, each part is cut by itself;
 * lines that only tell the cells of a notebook apart are in no chunk.
 *
 * @param path with `/` between folders
 */
export async function chunkFile(text: string, path: string, grammars: Grammars, limit = chunkLimit): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for (const { start, end, path: own } of regionsOf(text, path) ?? [{ start: 0, end: text.length, path }]) {
    const part = text.slice(start, end);
    for (const chunk of cutChunks(part, nest(part, await definitionsOf(part, own, grammars)), limit))
      chunks.push({ ...chunk, start: start + chunk.start, end: start + chunk.end });
  }
  return chunks;
}

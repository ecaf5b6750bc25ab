/** Cuts a file into chunks along the definitions of its language; used by `indexing.ts` and benchmarks. */
import { definitionsOf } from '../../syntax/definitions';
import type { Grammars } from '../../syntax/grammars';
import { nest } from '../../syntax/outline';
import { chunkLimit, cutChunks } from './chunks';
import type { Chunk } from './chunks';

/** Cuts a file by what it is, as its name says. @param path with `/` between folders */
export async function chunkFile(text: string, path: string, grammars: Grammars, limit = chunkLimit): Promise<Chunk[]> {
  return cutChunks(text, nest(text, await definitionsOf(text, path, grammars)), limit);
}

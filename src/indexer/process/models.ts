/**
 * Opens the static model, the grammars and the vector cache, and every index with them; used by the `main.ts` of the
 * index process, for the server and for the writer thread.
 */
import { EngineError } from '../../ipc/engine/errors';
import { Grammars } from '../../syntax/grammars';
import { EmbeddingCache } from '../embedding/cache';
import { StaticEmbedder } from '../../modelFolder/table/staticTable';
import { SearchIndex } from '../searchIndex';
import type { StartOptions } from '../../ipc/indexer/protocol';

/** Bytes that an index may take on disk, and vectors of all workspaces together. */
const budget = 2 * 2 ** 30;

export interface IndexLocation {
  /** Absolute path of the folder that is searched. */
  readonly root: string;
  /** Absolute path of its index' own folder. */
  readonly store: string;
}

/** What opens indexes, all with the same model and cache. */
export interface IndexOpener {
  readonly open: (place: IndexLocation) => SearchIndex;
  readonly cache: EmbeddingCache;
}

/** Without the model, words alone are searched. */
export async function indexOpener(options: StartOptions, onTrouble: (sentence: string) => void): Promise<IndexOpener> {
  const fast = await openModel(options.model, onTrouble);
  const grammars = new Grammars(options.grammars);
  const cache = new EmbeddingCache(options.shared, budget, onTrouble);
  const open = ({ root, store }: IndexLocation): SearchIndex =>
    new SearchIndex({ root, store, grammars, cache, fast, budget, onTrouble });
  return { open, cache };
}

async function openModel(folder: string, onTrouble: (sentence: string) => void): Promise<StaticEmbedder | undefined> {
  try {
    return await StaticEmbedder.open(folder);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    onTrouble(`${error.message} Search compares words alone.`);
    return undefined;
  }
}

/** What an index is opened with: its places, models and limits. Used by `searchIndex.ts` and the two sides of an index. */
import type { Embedder } from '../../ipc/indexer/embedder';
import type { Grammars } from '../../syntax/grammars';
import type { EmbeddingCache } from '../embedding/cache';
import type { Room } from '../vectors/spare';

export interface SearchIndexOptions {
  /** Absolute path of the folder that is searched. */
  readonly root: string;
  /** Absolute path of the index' own folder. */
  readonly store: string;
  readonly grammars: Grammars;
  /** Shared by all indexes of the machine. */
  readonly cache?: EmbeddingCache | undefined;
  /** Embeds every chunk as it is indexed: thousands a second. */
  readonly fast?: Embedder | undefined;
  /** Embeds better, in the background: see `upgrade` and `useFull`. */
  readonly full?: Embedder | undefined;
  /** Bytes that the index may take on disk. */
  readonly budget?: number | undefined;
  /** Which vectors of the fast model are kept beside the better ones; what is usual where it is absent. */
  readonly room?: Room | undefined;
  /** Called with a sentence that says what was damaged and what was done about it. */
  readonly onTrouble?: (sentence: string) => void;
}

/**
 * Locates and opens the index of a folder for the commands `index` and `search`, with the embedded search model and
 * the shared vector cache. Indexes are kept in the user's cache folder.
 */
import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { EngineError } from '../ipc/engine/errors';
import { EmbeddingCache } from '../indexer/embedding/cache';
import { StaticEmbedder } from '../modelFolder/table/staticTable';
import { removeOldIndexes } from '../indexer/store/housekeeping';
import { SearchIndex } from '../indexer/searchIndex';
import { storeName } from '../indexer/store/storeName';
import { Grammars } from '../syntax/grammars';
import { CommandError } from './failure';

/** Bytes that vectors may take on disk, those of all folders together. */
const cacheBudget = 2 * 2 ** 30;
/** The same for the indexes. */
const indexBudget = 8 * 2 ** 30;

/** What is indexed, and where its index is: never inside of it. Absolute paths without symbolic links in `root`. */
export interface IndexPlace {
  readonly root: string;
  readonly store: string;
  /** The folder of what all indexes share. */
  readonly shared: string;
}

/** @throws {CommandError} where there is no such folder */
export async function placeIndex(folder: string): Promise<IndexPlace> {
  let root: string;
  try {
    root = await realpath(resolve(folder));
  } catch {
    throw new CommandError(`${folder} does not exist.`);
  }
  if (!(await stat(root)).isDirectory()) throw new CommandError(`${folder} is not a folder.`);
  const cache = cacheFolder(process.platform, process.env);
  return { root, store: storeFor(root, cache), shared: join(cache, 'glassbox') };
}

export interface OpenedIndex {
  readonly index: SearchIndex;
  /** The folder that is indexed. */
  readonly root: string;
  readonly store: string;
  readonly close: () => void;
}

/**
 * Opens the index of a folder, with the embedded models.
 *
 * @param repository absolute path of the folder that holds `models/` and `node_modules/`
 * @throws {CommandError}
 */
export async function openIndex(folder: string, repository: string): Promise<OpenedIndex> {
  const { root, store, shared } = await placeIndex(folder);
  const onTrouble = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const cache = new EmbeddingCache(shared, cacheBudget, onTrouble);
  const index = new SearchIndex({
    store,
    root,
    grammars: new Grammars(join(repository, 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm')),
    cache,
    fast: await openStaticModel(join(repository, 'models', 'search'), onTrouble),
    onTrouble,
  });
  const close = (): void => {
    index.close();
    removeOldIndexes(dirname(store), [store], indexBudget);
    cache.close();
  };
  return { index, root, store, close };
}

/** Without the model, words alone are searched. */
async function openStaticModel(
  folder: string,
  onTrouble: (sentence: string) => void,
): Promise<StaticEmbedder | undefined> {
  try {
    return await StaticEmbedder.open(folder);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    onTrouble(error.message);
    return undefined;
  }
}

/** A folder of its own for each root. */
export function storeFor(root: string, cache: string): string {
  return join(cache, 'glassbox', 'index', storeName(root));
}

/** Where programs of this platform keep what they can make again. */
export function cacheFolder(platform: NodeJS.Platform, environment: Readonly<Partial<Record<string, string>>>): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (xdg !== undefined && xdg !== '') return xdg;
  if (platform === 'win32') return local ?? join(homedir(), 'AppData', 'Local');
  return platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}

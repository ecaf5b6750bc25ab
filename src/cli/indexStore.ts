import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { storeName } from '../indexer/storeName';
import { CommandError } from './failure';

/** What is indexed, and where its index is: never inside of it. Absolute paths without symbolic links in `root`. */
export interface IndexPlace {
  readonly root: string;
  readonly store: string;
}

/** @throws CommandError where there is no such folder */
export async function placeIndex(folder: string): Promise<IndexPlace> {
  let root: string;
  try {
    root = await realpath(resolve(folder));
  } catch {
    throw new CommandError(`${folder} does not exist.`);
  }
  if (!(await stat(root)).isDirectory()) throw new CommandError(`${folder} is not a folder.`);
  return { root, store: storeFor(root, cacheFolder(process.platform, process.env)) };
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

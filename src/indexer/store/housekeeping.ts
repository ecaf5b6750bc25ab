/**
 * Removes the least recently written indexes once all exceed a size budget; used by the index server and the command
 * line. Skips indexes that a process is writing.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lockName, WriterLock } from './writerLock';

interface Store {
  readonly folder: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly used: number;
}

/**
 * Removes the indexes that were written longest ago where all of them together are larger than they may be. One that a
 * process writes stays, and so do those that are asked to stay: each can be made again, with the vectors that the cache
 * has.
 *
 * @param parent absolute path of the folder that holds the indexes, each in a folder of its own
 * @param keep absolute paths of those that stay
 * @returns the folders of those that were removed; each keeps its lock, an empty file
 */
export function removeOldIndexes(parent: string, keep: readonly string[], budget: number): string[] {
  const stores = storesIn(parent);
  let total = stores.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed: string[] = [];
  for (const { folder, bytes } of stores.sort((a, b) => a.used - b.used)) {
    if (total <= budget) break;
    if (keep.includes(folder) || !remove(folder)) continue;
    total -= bytes;
    removed.push(folder);
  }
  return removed;
}

/** Bytes that indexes take, but for those that are asked to stay. See {@link removeOldIndexes}. */
export function sizeOfOldIndexes(parent: string, keep: readonly string[]): number {
  return storesIn(parent).reduce((sum, { folder, bytes }) => sum + (keep.includes(folder) ? 0 : bytes), 0);
}

function storesIn(parent: string): Store[] {
  try {
    return readdirSync(parent, { withFileTypes: true }).flatMap((entry) => {
      const folder = join(parent, entry.name);
      const files = entry.isDirectory() ? readdirSync(folder).map((name) => statSync(join(folder, name))) : [];
      if (files.every(({ size }) => size === 0)) return [];
      return [
        {
          folder,
          bytes: files.reduce((sum, { size }) => sum + size, 0),
          used: Math.max(...files.map(({ mtimeMs }) => mtimeMs)),
        },
      ];
    });
  } catch {
    // There is none, or another process is just removing one.
    return [];
  }
}

/**
 * Removes an index but not its lock file: processes that wait for the lock or have it open must hold the same lock as
 * those that come later. @returns false where another process holds the lock
 */
function remove(folder: string): boolean {
  try {
    const lock = WriterLock.take(folder);
    if (lock === undefined) return false;
    try {
      for (const name of readdirSync(folder))
        if (!name.startsWith(lockName)) rmSync(join(folder, name), { recursive: true });
    } finally {
      lock.release();
    }
    return true;
  } catch {
    return false;
  }
}

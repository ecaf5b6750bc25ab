/** Folders that several processes may fill at once: what is being made gets its name when it is finished. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const prefix = 'unfinished-';
/** Older ones were left behind by a process that was killed. */
const oldAfterMs = 24 * 3_600_000;

/**
 * @template T
 * @param {string} folder is made where it is missing
 * @param {(unfinished: string) => Promise<T>} make is given a new folder inside, which is removed afterwards
 */
export async function withUnfinished(folder, make) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const age = Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (name.startsWith(prefix) && age > oldAfterMs) rmSync(join(folder, name), { recursive: true, force: true });
  }
  const unfinished = mkdtempSync(join(folder, prefix));
  try {
    return await make(unfinished);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

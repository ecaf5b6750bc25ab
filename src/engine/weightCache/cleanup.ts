/**
 * Removes packed graphs that are unused, unfinished or over the disk budget; used by `make.ts` and `packedGraphs.ts`.
 * Entries disappear whole, and those still being written are kept.
 */
import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { identityOf, isRunning } from '../../ipc/process/identity';
import type { ProcessIdentity } from '../../ipc/process/identity';
import { entryFiles } from './entry';

/** What packed graphs may take on disk, all together, bytes. */
export const packedBudget = 4 * 2 ** 30;
/** An entry that was not used for so long is of a model, a program or a processor that is gone. */
const maxUnusedMs = 60 * 86_400_000;
/** Nothing is written for longer than this; processes that end early leave what they wrote. */
const maxWriteMs = 3_600_000;

/** Marks folders that are being written or removed; the process that does so stands before it, see {@link ownerOf}. */
const partEnding = 'part';

/** A folder for what is to become the entry, of this process. */
export const partOf = (folder: string): string =>
  `${folder}.${ownerOf(identityOf(process.pid) ?? { pid: process.pid, started: undefined })}.${randomUUID()}.${partEnding}`;

/** A process among all that may use one disk: containers give out the same numbers over and over. */
const ownerOf = ({ pid, started = '' }: ProcessIdentity): string => `${thisHost()}-${pid}-${started}`;

const thisHost = (): string => crc32(hostname()).toString(16);

/** Removes an entry, whole or not at all: on Windows files that are mapped stay. @returns whether it is gone */
export async function remove(folder: string): Promise<boolean> {
  const doomed = partOf(folder);
  try {
    await rename(folder, doomed);
    await rm(doomed, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** Whether another process is writing this entry. What dead processes have left of it is removed. */
export async function isBeingMade(folder: string, now = Date.now()): Promise<boolean> {
  const parent = dirname(folder);
  let found = false;
  for (const part of (await namesIn(parent)).filter((one) => one.startsWith(`${basename(folder)}.`) && isPart(one))) {
    if (await isWritten(join(parent, part), now)) found = true;
    else await rm(join(parent, part), { recursive: true, force: true });
  }
  return found;
}

/**
 * Whether a part is still being written: its process runs and has written within {@link maxWriteMs}. Of a
 * process of another machine or container, only the times of its files are known.
 */
async function isWritten(part: string, now: number): Promise<boolean> {
  const { used } = await measure(part).catch(() => ({ used: -Infinity }));
  if (Math.abs(now - used) > maxWriteMs) return false;
  const [host, pid, started = ''] = (basename(part).split('.')[1] ?? '').split('-');
  return host !== thisHost() || isRunning({ pid: Number(pid), started: started === '' ? undefined : started });
}

/**
 * Removes entries that were not used for {@link maxUnusedMs} and, while all together take more than the budget,
 * those that were used longest ago. Parts that are no longer being written go, too.
 *
 * @param folder absolute path of the folder that holds the entries
 * @param keep absolute path of the entry that stays
 * @returns the bytes that entries take now
 */
export async function cleanUp(folder: string, keep: string, budget = packedBudget, now = Date.now()): Promise<number> {
  const entries: { path: string; bytes: number; used: number }[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const found = await measure(path).catch(() => undefined);
    if (found === undefined) continue;
    if (isPart(name)) {
      if (!(await isWritten(path, now))) await rm(path, { recursive: true, force: true }).catch(() => undefined);
    } else if (path === keep || now - found.used <= maxUnusedMs || !(await remove(path)))
      entries.push({ path, ...found });
  }
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of entries.sort((a, b) => a.used - b.used)) {
    if (total <= budget) break;
    if (path !== keep && (await remove(path))) total -= bytes;
  }
  return total;
}

const isPart = (name: string): boolean => name.endsWith(`.${partEnding}`);

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Bytes of the files in a folder, and when it was used or written last, milliseconds since 1970. */
async function measure(folder: string): Promise<{ bytes: number; used: number }> {
  let [bytes, written, used] = [0, (await stat(folder)).mtimeMs, 0];
  for (const name of await readdir(folder)) {
    const { size, mtimeMs } = await stat(join(folder, name));
    bytes += size;
    written = Math.max(written, mtimeMs);
    if (name === entryFiles.manifest) used = mtimeMs;
  }
  return { bytes, used: used === 0 ? written : used };
}

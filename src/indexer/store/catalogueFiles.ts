/**
 * The files of an index' database in its folder. One that another process has open can be removed on POSIX only: on Windows
 * the next one gets a name of its own, and the old ones go when they can. Used by the catalogue; opens none of them.
 */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const name = /^catalogue(?:-(\d+))?\.db$/;
/** What SQLite keeps beside a database. */
const endings = ['-wal', '-shm', '-journal'];
/** What systems say of a file that is open elsewhere. */
const inUse = new Set(['EBUSY', 'EPERM', 'EACCES']);

type Remove = (path: string) => void;
const removeNow: Remove = (path) => rmSync(path, { force: true });

/** Absolute path of the database that counts: where there is none, of the one to be made. */
export function currentFile(folder: string): string {
  return join(folder, nameOf(numbersIn(folder).at(-1) ?? 1));
}

/** Whether there is an index, in whatever state. One that was removed leaves an empty file at most. */
export function holdsIndex(folder: string): boolean {
  return (statSync(currentFile(folder), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** @returns what tells the file from another one that takes its place; undefined where there is none */
export function stampOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${file} ${found.ino}`;
}

/**
 * Removes the index. The next process that opens it makes or finds a new one.
 *
 * @throws {Error} of the file system where neither that nor a new file is possible
 */
export function removeIndex(folder: string, remove: Remove = removeNow): void {
  const numbers = numbersIn(folder);
  const left = numbers.filter((number) => !isRemoved(folder, number, remove));
  const last = left.at(-1);
  if (last !== undefined) writeFileSync(join(folder, nameOf(last + 1)), '');
}

/** Removes older databases of the index, as far as no process has them open. */
export function removeOlder(folder: string, remove: Remove = removeNow): void {
  for (const number of numbersIn(folder).slice(0, -1)) isRemoved(folder, number, remove);
}

function isRemoved(folder: string, number: number, remove: Remove): boolean {
  const file = join(folder, nameOf(number));
  try {
    // The database first: SQLite drops a log that has none.
    for (const ending of ['', ...endings]) remove(file + ending);
    return true;
  } catch (error) {
    if (inUse.has((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

const nameOf = (number: number): string => (number === 1 ? 'catalogue.db' : `catalogue-${number}.db`);

/** Of the databases that are there, in their order. */
function numbersIn(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .flatMap((found) => {
      const match = name.exec(found);
      return match === null ? [] : [Number(match[1] ?? 1)];
    })
    .sort((a, b) => a - b);
}

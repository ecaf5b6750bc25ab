/** How a database is opened where the file system cannot do what is usual. Used by the index and the cache of vectors. */
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';

/** SQLite's codes for what happens where nothing can be written beside a database: PERM, READONLY, IOERR, CANTOPEN. */
const unwritable = new Set([3, 8, 10, 14]);

/** SQLite's error code without its details, undefined for what is no error of SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}

/**
 * Has readers and the writer not wait for each other. Not every file system can: there, and nowhere else, they do.
 *
 * @returns the mode: `wal`, or `truncate` where that needs shared memory that cannot be had
 */
export function chooseJournal(database: DatabaseSync): 'wal' | 'truncate' {
  const answer = database.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string };
  if (answer.journal_mode === 'wal') return 'wal';
  database.exec('PRAGMA journal_mode = TRUNCATE');
  return 'truncate';
}

/**
 * Opens a database to read it, also where its folder is read-only. What is there can change then only by being made
 * writable.
 *
 * @param timeout milliseconds that a writer is waited for
 * @returns `isFixed`: whether it is read as it was when it was opened, whatever happens to it
 * @throws {Error} of SQLite
 */
export function openToRead(path: string, timeout: number): { database: DatabaseSync; isFixed: boolean } {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout });
    database.prepare('PRAGMA user_version').get();
    return { database, isFixed: false };
  } catch (error) {
    database?.close();
    if (!unwritable.has(sqliteCode(error) ?? -1)) throw error;
    const url = pathToFileURL(path);
    url.search = '?immutable=1';
    return { database: new DatabaseSync(url, { readOnly: true, timeout }), isFixed: true };
  }
}

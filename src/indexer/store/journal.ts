/** How a database is opened where the file system cannot do what is usual. Used by the index and the cache of vectors. */
import { accessSync, constants } from 'node:fs';
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
 * Opens a database to read it, also where it may only be read. Such a connection is not to be kept: what it shares with others
 * of this process would keep them from writing once that is possible, and it may see nothing that is written.
 *
 * @param timeout milliseconds that a writer is waited for
 * @returns `isReadOnly`: whether it may only be read
 * @throws {Error} of SQLite
 */
export function openToRead(path: string, timeout: number): { database: DatabaseSync; isReadOnly: boolean } {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout });
    database.prepare('PRAGMA user_version').get();
    return { database, isReadOnly: !isWritable(path) };
  } catch (error) {
    database?.close();
    if (!unwritable.has(sqliteCode(error) ?? -1)) throw error;
    const url = pathToFileURL(path);
    url.search = '?immutable=1';
    return { database: new DatabaseSync(url, { readOnly: true, timeout }), isReadOnly: true };
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

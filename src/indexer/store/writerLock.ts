/**
 * Lets only one process write an index, by a SQLite file lock that ends with the process; used by `searchIndex.ts` and
 * `housekeeping.ts`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteCode } from './journal';

/** The file that is locked, in the index' own folder. */
export const lockName = 'writer.lock';

/** SQLITE_BUSY */
const busy = 5;

/**
 * The right to write one index. Of all processes that have it open, one holds it; when that ends, however it ends, the
 * operating system gives it back, and another can take over.
 */
export class WriterLock {
  private constructor(private readonly database: DatabaseSync) {}

  /**
   * @param folder absolute path of the index' own folder
   * @returns undefined where another process holds it
   * @throws {Error} of the file system or of SQLite where nothing can be written there
   */
  static take(folder: string): WriterLock | undefined {
    mkdirSync(folder, { recursive: true });
    const database = new DatabaseSync(join(folder, lockName), { timeout: 0 });
    try {
      // A transaction that never ends: SQLite keeps the file locked, and the lock goes with the process.
      // Something has to be written in it: of a read-only file, SQLite makes one that only reads, for any number of processes.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1');
      return new WriterLock(database);
    } catch (error) {
      database.close();
      if (sqliteCode(error) === busy) return undefined;
      throw error;
    }
  }

  release(): void {
    this.database.close();
  }
}

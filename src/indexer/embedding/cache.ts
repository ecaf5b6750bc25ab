/**
 * SQLite cache of vectors by model and content key, shared by all workspaces; used by `supply.ts` and opened by the
 * index process and the command line. Never throws: failures read as misses.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { News } from '../../common/news';
import { isDamage } from '../store/catalogue';
import { chooseJournal } from '../store/journal';
import { errorMessage } from '../../common/errorMessage';

/** Grows with everything that makes an older cache unusable. */
const version = 2;
/** Milliseconds that one process waits for another. */
const patience = 5_000;
/** What is left of the budget when it was exceeded, so that clearing up is rare. */
const keptShare = 0.8;
const day = 86_400_000;

const schema = `
-- Rows stand in the order in which they came. Keys are hashes: a table that is ordered by them is written all over by each
-- batch, which takes nearly three times as long.
CREATE TABLE vectors (model TEXT NOT NULL, key BLOB NOT NULL, used INTEGER NOT NULL, data BLOB NOT NULL);
CREATE UNIQUE INDEX vectors_by_key ON vectors (key, model);
CREATE INDEX vectors_by_use ON vectors (used);
PRAGMA user_version = ${version};
`;

/**
 * Vectors of texts by model and content, shared by everything on this machine: another branch, clone or window never
 * embeds the same text twice. What it holds can be made again, so it never fails: when it cannot be read or written, it
 * knows nothing.
 */
export class EmbeddingCache {
  #database: DatabaseSync | undefined;
  readonly #trouble: News;

  /**
   * @param folder absolute path of its own folder
   * @param budget bytes that it may take on disk
   * @param onTrouble called with a sentence that says why the cache was lost or is not used
   */
  constructor(
    private readonly folder: string,
    private readonly budget: number,
    onTrouble: (sentence: string) => void = () => undefined,
  ) {
    this.#trouble = new News(onTrouble);
    this.#guard(() => undefined, undefined);
  }

  /** Quantised vectors in the order of the keys, undefined for those that are not there. */
  get(model: string, keys: readonly Uint8Array[]): (Uint8Array | undefined)[] {
    const nothing = keys.map(() => undefined);
    return this.#guard((database) => {
      const select = database.prepare('SELECT data, used FROM vectors WHERE model = ? AND key = ?');
      const today = Math.floor(Date.now() / day);
      const stale: Uint8Array[] = [];
      const found = keys.map((key) => {
        const row = select.get(model, key) as { data: Uint8Array; used: number } | undefined;
        if (row !== undefined && row.used < today) stale.push(key);
        return row?.data;
      });
      if (stale.length > 0) {
        const update = database.prepare('UPDATE vectors SET used = ? WHERE model = ? AND key = ?');
        transaction(database, () => stale.forEach((key) => update.run(today, model, key)));
      }
      return found;
    }, nothing);
  }

  /** Trims the cache to its budget afterwards, so that callers need not. */
  put(model: string, entries: readonly (readonly [key: Uint8Array, vector: Uint8Array])[]): void {
    this.#guard((database) => {
      const insert = database.prepare('INSERT OR IGNORE INTO vectors (model, key, used, data) VALUES (?, ?, ?, ?)');
      const today = Math.floor(Date.now() / day);
      transaction(database, () => entries.forEach(([key, vector]) => insert.run(model, key, today, vector)));
    }, undefined);
    this.trim();
  }

  /** Bytes that the vectors take. */
  get size(): number {
    return this.#guard((database) => {
      const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
      const { freelist_count: free } = database.prepare('PRAGMA freelist_count').get() as { freelist_count: number };
      const { page_size: bytes } = database.prepare('PRAGMA page_size').get() as { page_size: number };
      return (pages - free) * bytes;
    }, 0);
  }

  /** Forgets what was used longest ago where the budget is exceeded, and gives the room back. @returns how many vectors went */
  trim(): number {
    let removed = 0;
    for (let size = this.size; size > this.budget; size = this.size) {
      const before = removed;
      removed += this.#guard((database) => {
        const { count } = database.prepare('SELECT count(*) AS count FROM vectors').get() as { count: number };
        const excess = Math.max(1, Math.ceil(count * (1 - (this.budget * keptShare) / size)));
        // Of one day, what came first goes first.
        const remove = database.prepare(
          'DELETE FROM vectors WHERE rowid IN (SELECT rowid FROM vectors ORDER BY used, rowid LIMIT ?)',
        );
        return Number(remove.run(excess).changes);
      }, 0);
      if (removed === before) break;
    }
    if (removed > 0) this.#guard((database) => database.exec('PRAGMA incremental_vacuum'), undefined);
    return removed;
  }

  /** Forgets all vectors, and gives their room back. */
  clear(): void {
    this.#guard((database) => {
      database.exec('DELETE FROM vectors');
      database.exec('PRAGMA incremental_vacuum');
      // What was written last stands in the log beside the file until then.
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    }, undefined);
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** Runs `work`; a damaged file is made anew, once. */
  #guard<Result>(work: (database: DatabaseSync) => Result, otherwise: Result): Result {
    try {
      const result = work(this.#open());
      this.#trouble.clear();
      return result;
    } catch (error) {
      this.close();
      if (!isDamage(error)) {
        this.#trouble.tell(`The embedding cache in ${this.folder} cannot be used: ${errorMessage(error)}.`);
        return otherwise;
      }
    }
    this.#trouble.tell(`The embedding cache in ${this.folder} is damaged; it is made again.`);
    try {
      for (const ending of ['', '-wal', '-shm']) rmSync(this.#file + ending, { force: true });
      return work(this.#open());
    } catch {
      this.close();
      return otherwise;
    }
  }

  get #file(): string {
    return this.#fileOf(version);
  }

  #fileOf(of: number): string {
    return join(this.folder, `embeddings-v${of}.db`);
  }

  /** Files of earlier versions, which nothing reads any more; one that an older window has open stays until it is closed. */
  #removeOlder(): void {
    try {
      for (let older = 1; older < version; older++)
        for (const ending of ['', '-wal', '-shm']) rmSync(this.#fileOf(older) + ending, { force: true });
    } catch {
      // The next opening tries again.
    }
  }

  #open(): DatabaseSync {
    if (this.#database !== undefined) return this.#database;
    mkdirSync(this.folder, { recursive: true });
    this.#removeOlder();
    const database = new DatabaseSync(this.#file, { timeout: patience });
    try {
      database.exec('PRAGMA auto_vacuum = INCREMENTAL');
      chooseJournal(database);
      database.exec('PRAGMA synchronous = NORMAL');
      transaction(database, () => {
        if (Number(database.prepare('PRAGMA user_version').get()?.user_version) === 0) database.exec(schema);
      });
    } catch (error) {
      database.close();
      throw error;
    }
    return (this.#database = database);
  }
}

function transaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

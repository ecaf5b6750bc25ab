/**
 * The SQLite database of one index: schema, version, transactions and snapshots; used by every module that reads or
 * writes an index. One process writes, any number read.
 */
import { mkdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync, SQLInputValue } from 'node:sqlite';
import { currentFile, holdsIndex, removeIndex, removeOlder, stampOf } from './catalogueFiles';
import { chooseJournal, openToRead, sqliteCode } from './journal';

/** Grows with everything that makes an older index wrong: tables, chunking, terms. */
const version = 6;
/** Milliseconds that one writer waits for another. */
const patience = 5_000;
/** Bytes: the default of SQLite. */
const pageSize = 4_096;

const schema = `
CREATE TABLE generation (number INTEGER NOT NULL);
INSERT INTO generation VALUES (0);

-- Every file that the walk found; those that are not searched say why, so that they are not read again. "reading": by which
-- settings its bytes became text, where they do not tell by themselves.
CREATE TABLE files (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, language TEXT NOT NULL, hash BLOB NOT NULL,
  bytes INTEGER NOT NULL, modified REAL NOT NULL, lines INTEGER NOT NULL, skipped TEXT,
  reading TEXT
);

-- Offsets in UTF-16 units, lines from 1; symbols from the outermost, joined by line breaks; kind: of the
-- innermost, see SymbolKind, or empty; definition: the
-- same for all parts of a long one, counted in the file.
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY, file INTEGER NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
  from_line INTEGER NOT NULL, to_line INTEGER NOT NULL, symbols TEXT NOT NULL, defines INTEGER NOT NULL,
  kind TEXT NOT NULL,
  definition INTEGER NOT NULL
);
CREATE INDEX chunks_of_file ON chunks (file);

-- A segment holds the chunks first … first + n - 1; as 32-bit numbers, for each how many terms it has (0: it is gone),
-- how many its definition has, and its file; and the key of its text (see embedding/text.ts). "changed": the generation in
-- which the segment was written or lost a chunk; "live": how many of its chunks are not gone.
CREATE TABLE segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, count INTEGER NOT NULL, live INTEGER NOT NULL,
  changed INTEGER NOT NULL, checksum INTEGER NOT NULL,
  lengths BLOB NOT NULL, wholes BLOB NOT NULL, files BLOB NOT NULL, texts BLOB NOT NULL
);
CREATE TABLE postings (segment INTEGER NOT NULL, term TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (segment, term)) WITHOUT ROWID;

-- A block holds the vectors of texts, by their keys: dimension bytes each, quantised. The checksum is that of the keys
-- and the data.
CREATE TABLE blocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, count INTEGER NOT NULL, checksum INTEGER NOT NULL,
  keys BLOB NOT NULL, data BLOB NOT NULL
);

PRAGMA user_version = ${version};
`;

/** The index cannot be used; the message is one sentence for people. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';

  constructor(
    readonly code: 'missing' | 'damaged' | 'outdated',
    message: string,
  ) {
    super(message);
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damage = new Set([11, 26]);

/** Whether an index was found to be damaged, by SQLite or by what it holds. */
export function isDamage(error: unknown): boolean {
  if (error instanceof CatalogueError) return error.code === 'damaged';
  return damage.has(sqliteCode(error) ?? -1);
}

/** The database of one index. Many may read it while one writes. */
export class Catalogue {
  readonly #statements = new Map<string, StatementSync>();

  /**
   * @param isReadOnly whether the file cannot be written: then it is to be opened anew for each look, see `openToRead`
   * @param isReplaced whether another file has taken the place of the one that is read
   */
  private constructor(
    readonly database: DatabaseSync,
    readonly isReadOnly = false,
    readonly isReplaced: () => boolean = () => false,
  ) {}

  /**
   * Opens an index to write it; makes a new one where there is none, or where the old one is damaged or of another version.
   *
   * @param folder absolute path of the index' own folder
   * @param budget bytes that the database may take; a write beyond it fails as on a full disk, and changes nothing
   * @returns `remade`: whether an old index could not be kept
   */
  static openForWriting(folder: string, budget = Infinity): { catalogue: Catalogue; remade: boolean } {
    mkdirSync(folder, { recursive: true });
    removeOlder(folder);
    try {
      return { catalogue: Catalogue.#write(folder, budget), remade: false };
    } catch (error) {
      if (!isDamage(error) && !(error instanceof CatalogueError)) throw error;
      Catalogue.remove(folder);
      return { catalogue: Catalogue.#write(folder, budget), remade: true };
    }
  }

  static #write(folder: string, budget: number): Catalogue {
    const database = new DatabaseSync(currentFile(folder), { timeout: patience });
    try {
      database.exec('PRAGMA auto_vacuum = INCREMENTAL');
      chooseJournal(database);
      // Killing the process loses nothing that was committed; losing power may lose the last commits, not more.
      database.exec('PRAGMA synchronous = NORMAL; PRAGMA temp_store = FILE');
      if (budget < Infinity) database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(budget / pageSize))}`);
      const catalogue = new Catalogue(database);
      catalogue.transaction(() => {
        const found = versionOf(database);
        if (found === 0) database.exec(schema);
        else if (found !== version) throw new CatalogueError('outdated', 'The index was made by another version.');
      });
      return catalogue;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Opens an index to search it. @throws {CatalogueError} */
  static openForReading(folder: string): Catalogue {
    if (!holdsIndex(folder)) throw new CatalogueError('missing', 'There is no index.');
    const file = currentFile(folder);
    try {
      const { database, isReadOnly } = openToRead(file, patience);
      try {
        const found = versionOf(database);
        // The writer is just making it.
        if (found === 0) throw new CatalogueError('missing', 'There is no index.');
        if (found !== version) throw new CatalogueError('outdated', 'The index was made by another version.');
        const stamp = stampOf(file);
        return new Catalogue(database, isReadOnly, () => stampOf(currentFile(folder)) !== stamp);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      if (error instanceof CatalogueError) throw error;
      if (!holdsIndex(folder)) throw new CatalogueError('missing', 'There is no index.');
      throw isDamage(error) ? new CatalogueError('damaged', 'The index is damaged.') : error;
    }
  }

  /** An index that only this process sees and that ends with it. */
  static inMemory(): Catalogue {
    const database = new DatabaseSync(':memory:');
    database.exec(schema);
    return new Catalogue(database);
  }

  /** Whether there is an index in a folder, in whatever state. */
  static exists(folder: string): boolean {
    return holdsIndex(folder);
  }

  static remove(folder: string): void {
    removeIndex(folder);
  }

  /** The statement that runs `sql`, prepared once. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.database.prepare(sql)));
    return statement;
  }

  /** @typeParam Row what `sql` selects, by the names of the columns */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.prepare(sql).all(...values) as Row[];
  }

  /** The same row by row, for those that are too many to have all of them at once. */
  each<Row>(sql: string, ...values: SQLInputValue[]): Iterable<Row> {
    return this.prepare(sql).iterate(...values) as Iterable<unknown> as Iterable<Row>;
  }

  /** Everything that `work` writes becomes visible together, or nothing of it. */
  transaction<Result>(work: () => Result): Result {
    return this.#within('BEGIN IMMEDIATE', work);
  }

  /** Everything that `work` reads is of one moment. */
  snapshot<Result>(work: () => Result): Result {
    return this.#within('BEGIN', work);
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }

  #within<Result>(begin: string, work: () => Result): Result {
    this.database.exec(begin);
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has SQLite roll back by itself.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version);
}

/**
 * Collects changed and removed files and commits them, with their vectors, in one transaction; used by `indexing.ts`
 * and `upgrade.ts`. Readers see all of a batch or nothing.
 */
import type { Catalogue } from '../store/catalogue';
import type { SkipReason } from '../chunks/content';
import { buryChunks, nextChunk, tidySegments, writeSegment } from '../store/segments';
import { tidyBlocks, writeBlock } from '../vectors/blocks';
import type { VectorRows } from '../vectors/blocks';
import type { SymbolKind } from '../../syntax/symbolKinds';

/** A file as it is now, with the chunks that can be found in it. */
export interface IndexedFile {
  readonly path: string;
  readonly language: string;
  readonly hash: Uint8Array;
  readonly bytes: number;
  /** Milliseconds since 1970; negative where it has to be read again next time. */
  readonly modified: number;
  readonly lines: number;
  readonly skipped?: SkipReason;
  /** By which settings its bytes became text (see `readingOf`); absent where they tell by themselves. */
  readonly reading?: string;
  readonly chunks: readonly IndexedChunk[];
}

export interface IndexedChunk {
  /** UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Lines from 1, both included. */
  readonly from: number;
  readonly to: number;
  readonly symbols: readonly string[];
  readonly defines: boolean;
  readonly symbolKind?: SymbolKind | undefined;
  /** Numbers the definitions of the file: parts of a long one share it. */
  readonly definition: number;
  /** At least one. */
  readonly terms: readonly string[];
  /** The text that is embedded, and its key. */
  readonly embedded: string;
  readonly key: Uint8Array;
  /** How many terms the definition has that this is a part of: a long function is long, however it is cut. */
  readonly whole: number;
}

/** What waits to be committed. */
export class Batch {
  readonly files: IndexedFile[] = [];
  /** Files whose time alone has changed. */
  readonly touched: { readonly id: number; readonly modified: number }[] = [];
  /** Files that are there no longer, by their number. */
  readonly removed: number[] = [];
  /** Chunks of all files together. */
  size = 0;

  add(file: IndexedFile): void {
    this.files.push(file);
    this.size += file.chunks.length;
  }

  get isEmpty(): boolean {
    return this.files.length + this.touched.length + this.removed.length === 0;
  }
}

/**
 * Writes a batch in one transaction: a search sees all of it or nothing.
 *
 * @param vectors of texts in the batch or in the index
 */
export function commit(catalogue: Catalogue, batch: Batch, vectors: readonly VectorRows[] = []): void {
  catalogue.transaction(() => {
    const first = nextChunk(catalogue);
    const gone = batch.removed.flatMap((id) => forget(catalogue, id));
    const lengths: number[] = [];
    const wholes: number[] = [];
    const files: number[] = [];
    const texts: Uint8Array[] = [];
    const postings = new Map<string, number[]>();
    const insert = catalogue.prepare(
      'INSERT INTO chunks (id, file, "start", "end", from_line, to_line, symbols, defines, kind, definition) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    for (const file of batch.files) {
      const old = catalogue.all<{ id: number }>('SELECT id FROM files WHERE path = ?', file.path)[0];
      if (old !== undefined) for (const chunk of forget(catalogue, old.id)) gone.push(chunk);
      const id = insertFile(catalogue, file);
      for (const { start, end, from, to, symbols, defines, symbolKind, definition, terms, whole, key } of file.chunks) {
        const kind = symbolKind ?? '';
        insert.run(
          first + lengths.length,
          id,
          start,
          end,
          from,
          to,
          symbols.join('\n'),
          Number(defines),
          kind,
          definition,
        );
        addTerms(postings, lengths.length, terms);
        lengths.push(terms.length);
        wholes.push(whole);
        files.push(id);
        texts.push(key);
      }
    }
    const touch = catalogue.prepare('UPDATE files SET modified = ? WHERE id = ?');
    for (const { id, modified } of batch.touched) touch.run(modified, id);
    if (lengths.length > 0) {
      const sorted = [...postings].sort(([a], [b]) => (a < b ? -1 : 1));
      const numbers = {
        lengths: Uint32Array.from(lengths),
        wholes: Uint32Array.from(wholes),
        files: Uint32Array.from(files),
        texts: Buffer.concat(texts),
      };
      writeSegment(catalogue, first, { ...numbers, postings: sorted });
    }
    buryChunks(catalogue, gone);
    tidySegments(catalogue);
    for (const rows of vectors) writeBlock(catalogue, rows);
    tidyBlocks(catalogue);
    catalogue.prepare('UPDATE generation SET number = number + 1').run();
  });
}

function insertFile(
  catalogue: Catalogue,
  { path, language, hash, bytes, modified, lines, skipped, reading }: IndexedFile,
): number {
  const { lastInsertRowid } = catalogue
    .prepare(
      'INSERT INTO files (path, language, hash, bytes, modified, lines, skipped, reading) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(path, language, hash, bytes, modified, lines, skipped ?? null, reading ?? null);
  return Number(lastInsertRowid);
}

/** @returns the chunks that the file had */
function forget(catalogue: Catalogue, file: number): number[] {
  const chunks = catalogue.all<{ id: number }>('SELECT id FROM chunks WHERE file = ?', file);
  catalogue.prepare('DELETE FROM chunks WHERE file = ?').run(file);
  catalogue.prepare('DELETE FROM files WHERE id = ?').run(file);
  return chunks.map(({ id }) => id);
}

function addTerms(postings: Map<string, number[]>, chunk: number, terms: readonly string[]): void {
  for (const term of terms) {
    const pairs = postings.get(term);
    if (pairs === undefined) postings.set(term, [chunk, 1]);
    else if (pairs.at(-2) === chunk) pairs[pairs.length - 1] = (pairs.at(-1) as number) + 1;
    else pairs.push(chunk, 1);
  }
}

/**
 * Writes, merges and checks segments, consecutive chunks with their postings; used by `batch.ts` to write, and by
 * `slots.ts` and `verification.ts` to read. Writes run inside the caller's transaction.
 */
import { crc32 } from 'node:zlib';
import { numbersOf } from './bytes';
import { CatalogueError } from './catalogue';
import type { Catalogue } from './catalogue';
import { keySize } from '../chunks/embeddedText';
import { encodePostings, Postings } from './postings';

/** So many segments of about one size become one; below this a question costs a look-up per segment and term. */
const mergedTogether = 8;
/** Chunks; merging larger segments would hold up the writer for longer than it is worth. */
const maxMergedChunks = 1 << 16;

/** What a segment holds, chunk by chunk. */
export interface SegmentContent {
  /** How many terms each chunk has; 0 for one that is gone. */
  readonly lengths: Uint32Array;
  /** How many the definition has that it is a part of. */
  readonly wholes: Uint32Array;
  /** The file of each chunk. */
  readonly files: Uint32Array;
  /** The key of each chunk's text, one behind the other. */
  readonly texts: Uint8Array;
  /** For each term: chunk (counted in the segment), count, chunk, count, … */
  readonly postings: Iterable<readonly [term: string, pairs: readonly number[]]>;
}

export interface SegmentRow {
  readonly id: number;
  readonly first: number;
  readonly checksum: number;
  readonly lengths: Uint8Array;
  readonly wholes: Uint8Array;
  readonly files: Uint8Array;
  readonly texts: Uint8Array;
}

/** The columns of a `SegmentRow`. */
export const segmentColumns = 'id, first, checksum, lengths, wholes, files, texts';

/** Whether the bytes of a segment are those that were written. */
export function isIntact(segment: SegmentRow): boolean {
  return checksumOf(segment) === segment.checksum;
}

/** @throws {CatalogueError} where the bytes of a segment are not those that were written */
export function checkSegment(segment: SegmentRow): SegmentRow {
  if (isIntact(segment)) return segment;
  throw new CatalogueError('damaged', `Segment ${segment.id} of the index is damaged.`);
}

function checksumOf({
  lengths,
  wholes,
  files,
  texts,
}: Pick<SegmentRow, 'lengths' | 'wholes' | 'files' | 'texts'>): number {
  return [lengths, wholes, files, texts].reduce((sum, bytes) => crc32(bytes, sum), 0);
}

/** What `generation` becomes when the transaction is committed. */
const nextGeneration = '(SELECT number + 1 FROM generation)';

function blobOf(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The number of the first chunk of the next segment. */
export function nextChunk(catalogue: Catalogue): number {
  const last = catalogue.all<{ next: number }>(
    'SELECT first + count AS next FROM segments ORDER BY first DESC LIMIT 1',
  )[0];
  return last?.next ?? 1;
}

/** Writes a segment whose chunks are numbered from `first` on. Within a transaction. */
export function writeSegment(catalogue: Catalogue, first: number, { postings, ...content }: SegmentContent): void {
  const blobs = {
    lengths: blobOf(content.lengths),
    wholes: blobOf(content.wholes),
    files: blobOf(content.files),
    texts: content.texts,
  };
  const { lastInsertRowid: id } = catalogue
    .prepare(
      `INSERT INTO segments (first, count, live, changed, checksum, lengths, wholes, files, texts)
       VALUES (?, ?, ?, ${nextGeneration}, ?, ?, ?, ?, ?)`,
    )
    .run(
      first,
      content.lengths.length,
      liveIn(content.lengths),
      checksumOf(blobs),
      blobs.lengths,
      blobs.wholes,
      blobs.files,
      blobs.texts,
    );
  const insert = catalogue.prepare('INSERT INTO postings (segment, term, data) VALUES (?, ?, ?)');
  for (const [term, pairs] of postings) insert.run(id, term, encodePostings(pairs));
}

/** Has chunks be gone for every search from now on. Within a transaction. @param chunks in any order */
export function buryChunks(catalogue: Catalogue, chunks: readonly number[]): void {
  const sorted = [...chunks].sort((a, b) => a - b);
  for (let at = 0; at < sorted.length;) {
    const chunk = sorted[at] as number;
    const row = catalogue.all<SegmentRow>(
      `SELECT ${segmentColumns} FROM segments WHERE first <= ? ORDER BY first DESC LIMIT 1`,
      chunk,
    )[0];
    const lengths = row === undefined ? new Uint32Array() : numbersOf(checkSegment(row).lengths);
    if (row === undefined || chunk >= row.first + lengths.length)
      throw new CatalogueError('damaged', `No segment of the index holds chunk ${chunk}.`);
    for (; (sorted[at] ?? Infinity) < row.first + lengths.length; at++) lengths[(sorted[at] as number) - row.first] = 0;
    const live = liveIn(lengths);
    if (live === 0) {
      removeSegment(catalogue, row.id);
      continue;
    }
    const blob = blobOf(lengths);
    catalogue
      .prepare(`UPDATE segments SET lengths = ?, live = ?, checksum = ?, changed = ${nextGeneration} WHERE id = ?`)
      .run(blob, live, checksumOf({ ...row, lengths: blob }), row.id);
  }
}

function liveIn(lengths: Uint32Array): number {
  return lengths.reduce((count, length) => count + (length > 0 ? 1 : 0), 0);
}

interface SegmentSize {
  readonly id: number;
  readonly count: number;
  readonly live: number;
}

/**
 * Keeps segments few and dense: merges those of about one size when there are many, and rewrites those that are mostly
 * gone. Within a transaction.
 */
export function tidySegments(catalogue: Catalogue): void {
  for (let merged = true; merged;) {
    merged = false;
    for (const group of groupsToMerge(
      catalogue.all<SegmentSize>('SELECT id, count, live FROM segments ORDER BY first'),
    )) {
      mergeSegments(catalogue, group);
      merged = true;
    }
  }
}

function groupsToMerge(segments: readonly SegmentSize[]): SegmentSize[][] {
  const groups: SegmentSize[][] = [];
  const tiers = new Map<number, SegmentSize[]>();
  for (const segment of segments) {
    const { count, live } = segment;
    if (live * 2 < count) groups.push([segment]);
    else if (live * mergedTogether <= maxMergedChunks) {
      const tier = Math.floor(Math.log(live) / Math.log(mergedTogether));
      tiers.set(tier, [...(tiers.get(tier) ?? []), segment]);
    }
  }
  for (const tier of tiers.values()) if (tier.length >= mergedTogether) groups.push(tier.slice(0, mergedTogether));
  return groups;
}

/** Puts the living chunks of some segments into a new one, with new numbers. */
function mergeSegments(catalogue: Catalogue, segments: readonly SegmentSize[]): void {
  const first = nextChunk(catalogue);
  const renumber = catalogue.prepare('UPDATE chunks SET id = ? WHERE id = ?');
  const lengths: number[] = [];
  const wholes: number[] = [];
  const files: number[] = [];
  const texts: Uint8Array[] = [];
  /** For each segment where each of its chunks goes, -1 for those that are gone. */
  const places = new Map<number, Int32Array>();
  for (const { id } of segments) {
    const row = checkSegment(
      catalogue.all<SegmentRow>(`SELECT ${segmentColumns} FROM segments WHERE id = ?`, id)[0] as SegmentRow,
    );
    const wholeOf = numbersOf(row.wholes);
    const fileOf = numbersOf(row.files);
    const place = Int32Array.from(numbersOf(row.lengths), (length, chunk) => {
      if (length === 0) return -1;
      renumber.run(first + lengths.length, row.first + chunk);
      wholes.push(wholeOf[chunk] as number);
      files.push(fileOf[chunk] as number);
      texts.push(row.texts.subarray(chunk * keySize, (chunk + 1) * keySize));
      return lengths.push(length) - 1;
    });
    places.set(row.id, place);
  }
  writeSegment(catalogue, first, {
    lengths: Uint32Array.from(lengths),
    wholes: Uint32Array.from(wholes),
    files: Uint32Array.from(files),
    texts: Buffer.concat(texts),
    postings: mergedPostings(catalogue, places),
  });
  for (const { id } of segments) removeSegment(catalogue, id);
}

/** Term by term, so that memory does not grow with the segments: SQLite sorts in a file of its own. */
function* mergedPostings(catalogue: Catalogue, places: ReadonlyMap<number, Int32Array>): Generator<[string, number[]]> {
  const marks = Array.from(places, () => '?').join(', ');
  const rows = catalogue.database
    // The plus sign keeps SQLite from reading the table that is written meanwhile: it has to sort everything first.
    .prepare(`SELECT segment, term, data FROM postings WHERE segment IN (${marks}) ORDER BY +term, +segment`)
    .iterate(...places.keys()) as Iterable<{ segment: number; term: string; data: Uint8Array }>;
  let current: string | undefined;
  let pairs: number[] = [];
  for (const { segment, term, data } of rows) {
    if (term !== current) {
      if (current !== undefined && pairs.length > 0) yield [current, pairs];
      [current, pairs] = [term, []];
    }
    const place = places.get(segment);
    new Postings(data).forEach((chunk, count) => {
      const moved = place?.[chunk] ?? -1;
      if (moved >= 0) pairs.push(moved, count);
    });
  }
  if (current !== undefined && pairs.length > 0) yield [current, pairs];
}

function removeSegment(catalogue: Catalogue, id: number): void {
  catalogue.prepare('DELETE FROM postings WHERE segment = ?').run(id);
  catalogue.prepare('DELETE FROM segments WHERE id = ?').run(id);
}

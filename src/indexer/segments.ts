import type { Catalogue } from './catalogue';
import { decodePostings, encodePostings } from './postings';

/** So many segments of about one size become one; below this a question costs a look-up per segment and term. */
const mergedTogether = 8;
/** Chunks; merging larger segments would hold up the writer for longer than it is worth. */
const largestMerged = 1 << 16;

/** What a segment holds, chunk by chunk. */
export interface SegmentContent {
  /** How many terms each chunk has; 0 for one that is gone. */
  readonly lengths: Uint32Array;
  /** How many the definition has that it is a part of. */
  readonly wholes: Uint32Array;
  /** The file of each chunk. */
  readonly files: Uint32Array;
  /** For each term: chunk (counted in the segment), count, chunk, count, … */
  readonly postings: Iterable<readonly [term: string, pairs: readonly number[]]>;
}

export interface SegmentRow {
  readonly id: number;
  readonly first: number;
  readonly lengths: Uint8Array;
  readonly wholes: Uint8Array;
  readonly files: Uint8Array;
}

/** The 32-bit numbers in a blob, which may lie at any address. */
export function numbersOf(blob: Uint8Array): Uint32Array {
  return new Uint32Array(blob.slice().buffer);
}

function blobOf(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The number of the first chunk of the next segment. */
export function nextChunk(catalogue: Catalogue): number {
  const last = catalogue.all<SegmentRow>('SELECT first, lengths FROM segments ORDER BY first DESC LIMIT 1')[0];
  return last === undefined ? 1 : last.first + last.lengths.length / 4;
}

/** Writes a segment whose chunks are numbered from `first` on. Within a transaction. */
export function writeSegment(catalogue: Catalogue, first: number, { lengths, wholes, files, postings }: SegmentContent): void {
  const { lastInsertRowid: id } = catalogue
    .prepare('INSERT INTO segments (first, lengths, wholes, files) VALUES (?, ?, ?, ?)')
    .run(first, blobOf(lengths), blobOf(wholes), blobOf(files));
  const insert = catalogue.prepare('INSERT INTO postings (segment, term, data) VALUES (?, ?, ?)');
  for (const [term, pairs] of postings) insert.run(id, term, encodePostings(pairs));
}

/** Has chunks be gone for every search from now on. Within a transaction. @param chunks in any order */
export function buryChunks(catalogue: Catalogue, chunks: readonly number[]): void {
  const sorted = [...chunks].sort((a, b) => a - b);
  for (let at = 0; at < sorted.length; ) {
    const row = catalogue.all<SegmentRow>('SELECT id, first, lengths FROM segments WHERE first <= ? ORDER BY first DESC LIMIT 1', sorted[at] as number)[0];
    if (row === undefined) throw new Error(`No segment holds chunk ${sorted[at]}.`);
    const lengths = numbersOf(row.lengths);
    for (; (sorted[at] ?? Infinity) < row.first + lengths.length; at++) lengths[(sorted[at] as number) - row.first] = 0;
    if (lengths.some((length) => length > 0)) {
      catalogue.prepare('UPDATE segments SET lengths = ? WHERE id = ?').run(blobOf(lengths), row.id);
    } else {
      removeSegment(catalogue, row.id);
    }
  }
}

/**
 * Keeps segments few and dense: merges those of about one size when there are many, and rewrites those that are mostly
 * gone. Within a transaction.
 */
export function tidySegments(catalogue: Catalogue): void {
  for (let merged = true; merged; ) {
    merged = false;
    const rows = catalogue.all<SegmentRow>('SELECT id, first, lengths, wholes, files FROM segments ORDER BY first');
    for (const group of groupsToMerge(rows)) {
      mergeSegments(catalogue, group);
      merged = true;
    }
  }
}

function groupsToMerge(rows: readonly SegmentRow[]): SegmentRow[][] {
  const groups: SegmentRow[][] = [];
  const tiers = new Map<number, SegmentRow[]>();
  for (const row of rows) {
    const lengths = numbersOf(row.lengths);
    const live = lengths.reduce((count, length) => count + (length > 0 ? 1 : 0), 0);
    if (live * 2 < lengths.length) groups.push([row]);
    else if (live * mergedTogether <= largestMerged) {
      const tier = Math.floor(Math.log(live) / Math.log(mergedTogether));
      tiers.set(tier, [...(tiers.get(tier) ?? []), row]);
    }
  }
  for (const tier of tiers.values()) if (tier.length >= mergedTogether) groups.push(tier.slice(0, mergedTogether));
  return groups;
}

/** Puts the living chunks of some segments into a new one, with new numbers. */
function mergeSegments(catalogue: Catalogue, rows: readonly SegmentRow[]): void {
  const first = nextChunk(catalogue);
  const renumber = catalogue.prepare('UPDATE chunks SET id = ? WHERE id = ?');
  const lengths: number[] = [];
  const wholes: number[] = [];
  const files: number[] = [];
  /** For each segment where each of its chunks goes, -1 for those that are gone. */
  const places = new Map<number, Int32Array>();
  for (const row of rows) {
    const wholeOf = numbersOf(row.wholes);
    const fileOf = numbersOf(row.files);
    const place = Int32Array.from(numbersOf(row.lengths), (length, chunk) => {
      if (length === 0) return -1;
      renumber.run(first + lengths.length, row.first + chunk);
      wholes.push(wholeOf[chunk] as number);
      files.push(fileOf[chunk] as number);
      return lengths.push(length) - 1;
    });
    places.set(row.id, place);
  }
  writeSegment(catalogue, first, {
    lengths: Uint32Array.from(lengths),
    wholes: Uint32Array.from(wholes),
    files: Uint32Array.from(files),
    postings: mergedPostings(catalogue, places),
  });
  for (const { id } of rows) removeSegment(catalogue, id);
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
    decodePostings(data, (chunk, count) => {
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

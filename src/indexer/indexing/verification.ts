/**
 * Checks a whole index for consistency and damage, and reports one sentence per problem; called by `searchIndex.ts`.
 * Reads only.
 */
import { numbersOf, release } from '../store/bytes';
import type { Catalogue } from '../store/catalogue';
import { Postings } from '../store/postings';
import { isIntact, segmentColumns } from '../store/segments';
import type { SegmentRow } from '../store/segments';
import { isWhole } from '../vectors/blocks';
import type { BlockRow } from '../vectors/blocks';

/**
 * Reads a whole index and says what does not fit together, a sentence each; nothing where all is well.
 *
 * Every chunk has a file and a place in one segment; a segment's terms add up, chunk by chunk, to what it says; segments
 * and vectors are what was written.
 */
export function verify(catalogue: Catalogue): string[] {
  return catalogue.snapshot(() => {
    const damage = catalogue.all<{ quick_check: string }>('PRAGMA quick_check').map((row) => row.quick_check);
    if (damage.join() !== 'ok') return damage.map((line) => `The database is damaged: ${line}.`);
    const segments: SegmentRow[] = [];
    const damaged: string[] = [];
    for (const segment of catalogue.each<SegmentRow>(`SELECT ${segmentColumns} FROM segments ORDER BY first`)) {
      if (isIntact(segment)) segments.push(segment);
      else damaged.push(`Segment ${segment.id} is damaged.`);
      // Nothing else is asked of these.
      release(segment.wholes, segment.texts);
    }
    return [
      ...damaged,
      ...(damaged.length > 0 ? [] : verifyChunks(catalogue, segments)),
      ...segments.flatMap((segment) => verifySegment(catalogue, segment)),
      ...verifyBlocks(catalogue),
    ];
  });
}

function verifyChunks(catalogue: Catalogue, segments: readonly SegmentRow[]): string[] {
  const problems: string[] = [];
  let free = 0;
  const parts = segments.map(({ id, first, lengths, files }) => {
    if (first < free) problems.push(`Segment ${id} overlaps the one before it.`);
    const fileOf = numbersOf(files);
    free = first + fileOf.length;
    return { first, lengthOf: numbersOf(lengths), fileOf, isMet: new Uint8Array(fileOf.length) };
  });
  const chunks = catalogue.each<{ id: number; file: number; known: number | null }>(
    'SELECT chunks.id, file, files.id AS known FROM chunks LEFT JOIN files ON files.id = file',
  );
  for (const { id, file, known } of chunks) {
    if (known === null) problems.push(`Chunk ${id} has no file.`);
    const part = parts.findLast(({ first }) => first <= id);
    const place = id - (part?.first ?? 0);
    if (part === undefined || (part.lengthOf[place] ?? 0) === 0 || part.fileOf[place] !== file)
      problems.push(`Chunk ${id} is in no segment, or there under another file.`);
    if (part !== undefined) part.isMet[place] = 1;
  }
  for (const { first, lengthOf, isMet } of parts) {
    lengthOf.forEach((length, place) => {
      if (length > 0 && isMet[place] === 0) problems.push(`Chunk ${first + place} is in a segment alone.`);
    });
  }
  return problems;
}

function verifySegment(catalogue: Catalogue, { id, lengths: blob }: SegmentRow): string[] {
  const lengths = numbersOf(blob);
  const sums = new Uint32Array(lengths.length);
  for (const { term, data } of catalogue.each<{ term: string; data: Uint8Array }>(
    'SELECT term, data FROM postings WHERE segment = ?',
    id,
  )) {
    try {
      new Postings(data).forEach((chunk, count) => {
        if (chunk >= sums.length) throw new RangeError('There is no such chunk.');
        sums[chunk] = (sums[chunk] as number) + count;
      });
    } catch {
      return [`Segment ${id}: where ${JSON.stringify(term)} stands cannot be read.`];
    }
    release(data);
  }
  const wrong = lengths.findIndex((length, chunk) => length > 0 && length !== sums[chunk]);
  return wrong < 0 ? [] : [`Segment ${id}: chunk ${wrong} has ${sums[wrong]} terms, not ${lengths[wrong]}.`];
}

function verifyBlocks(catalogue: Catalogue): string[] {
  const problems: string[] = [];
  for (const block of catalogue.each<BlockRow>('SELECT id, model, count, checksum, keys, data FROM blocks')) {
    if (!isWhole(block)) problems.push(`The vectors of block ${block.id} are damaged.`);
    release(block.keys, block.data);
  }
  return problems;
}

import { numbersOf } from './bytes';
import type { Catalogue } from './catalogue';
import { Postings } from './postings';
import { isIntact, segmentColumns, type SegmentRow } from './segments';
import { isWhole, type BlockRow } from './vectors/blocks';

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
    const all = catalogue.all<SegmentRow>(`SELECT ${segmentColumns} FROM segments ORDER BY first`);
    const segments = all.filter(isIntact);
    return [
      ...all.filter((segment) => !isIntact(segment)).map(({ id }) => `Segment ${id} is damaged.`),
      ...(segments.length < all.length ? [] : verifyChunks(catalogue, segments)),
      ...segments.flatMap((segment) => verifySegment(catalogue, segment)),
      ...verifyBlocks(catalogue),
    ];
  });
}

function verifyChunks(catalogue: Catalogue, segments: readonly SegmentRow[]): string[] {
  const problems: string[] = [];
  const wanted = new Map<number, number>();
  let free = 0;
  for (const { id, first, lengths, files } of segments) {
    if (first < free) problems.push(`Segment ${id} overlaps the one before it.`);
    const fileOf = numbersOf(files);
    numbersOf(lengths).forEach((length, index) => {
      if (length > 0) wanted.set(first + index, fileOf[index] as number);
    });
    free = first + fileOf.length;
  }
  const chunks = catalogue.all<{ id: number; file: number; known: number | null }>(
    'SELECT chunks.id, file, files.id AS known FROM chunks LEFT JOIN files ON files.id = file',
  );
  for (const { id, file, known } of chunks) {
    if (known === null) problems.push(`Chunk ${id} has no file.`);
    if (wanted.get(id) !== file) problems.push(`Chunk ${id} is in no segment, or there under another file.`);
    wanted.delete(id);
  }
  for (const id of wanted.keys()) problems.push(`Chunk ${id} is in a segment alone.`);
  return problems;
}

function verifySegment(catalogue: Catalogue, { id, lengths: blob }: SegmentRow): string[] {
  const lengths = numbersOf(blob);
  const sums = new Uint32Array(lengths.length);
  for (const { term, data } of catalogue.all<{ term: string; data: Uint8Array }>('SELECT term, data FROM postings WHERE segment = ?', id)) {
    try {
      new Postings(data).forEach((chunk, count) => {
        if (chunk >= sums.length) throw new RangeError('There is no such chunk.');
        sums[chunk] = (sums[chunk] as number) + count;
      });
    } catch {
      return [`Segment ${id}: where ${JSON.stringify(term)} stands cannot be read.`];
    }
  }
  const wrong = lengths.findIndex((length, chunk) => length > 0 && length !== sums[chunk]);
  return wrong < 0 ? [] : [`Segment ${id}: chunk ${wrong} has ${sums[wrong]} terms, not ${lengths[wrong]}.`];
}

function verifyBlocks(catalogue: Catalogue): string[] {
  const blocks = catalogue.prepare('SELECT id, model, count, checksum, keys, data FROM blocks').iterate() as Iterable<unknown> as Iterable<BlockRow>;
  return Array.from(blocks, (block) => (isWhole(block) ? [] : [`The vectors of block ${block.id} are damaged.`])).flat();
}

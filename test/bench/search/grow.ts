/** Indexes of any size: written as the product writes them, and beyond that copied, since writing is measured by then. */
import { Batch, commit } from '../../../src/indexer/indexing/batch';
import { numbersOf } from '../../../src/indexer/store/bytes';
import type { Catalogue } from '../../../src/indexer/store/catalogue';
import type { StaticEmbedder } from '../../../src/modelFolder/table/staticTable';
import { keySize } from '../../../src/indexer/chunks/embeddedText';
import { segmentColumns, writeSegment } from '../../../src/indexer/store/segments';
import type { SegmentRow } from '../../../src/indexer/store/segments';
import { Postings } from '../../../src/indexer/store/postings';
import { writeBlock } from '../../../src/indexer/vectors/blocks';
import type { BlockRow } from '../../../src/indexer/vectors/blocks';
import { inRound, otherKey, turned, vectorsOf } from './corpus';
import type { CorpusFile } from './corpus';

const chunksPerCommit = 4_096;

export interface Written {
  readonly chunks: number;
  readonly lines: number;
  readonly milliseconds: number;
}

/** Writes files, over and over under new names, until there are enough chunks. */
export function writeFiles(
  catalogue: Catalogue,
  files: readonly CorpusFile[],
  embedder: StaticEmbedder,
  wanted: number,
): Written {
  let [chunks, lines, milliseconds] = [0, 0, 0];
  let waiting: CorpusFile[] = [];
  const flush = (): void => {
    const batch = new Batch();
    for (const file of waiting) batch.add(file);
    const vectors = vectorsOf(waiting, embedder);
    const start = performance.now();
    commit(catalogue, batch, vectors);
    milliseconds += performance.now() - start;
    waiting = [];
  };
  for (let round = 0; chunks < wanted; round++) {
    for (const file of files) {
      if (chunks >= wanted) break;
      waiting.push(inRound(file, round, embedder.dimension));
      chunks += file.chunks.length;
      lines += file.lines;
      if (waiting.reduce((sum, { chunks: own }) => sum + own.length, 0) >= chunksPerCommit) flush();
    }
  }
  flush();
  return { chunks, lines, milliseconds };
}

/** Makes an index so many times as large, with the same words in other files and other vectors. */
export function multiply(catalogue: Catalogue, times: number, dimension: number): void {
  const [{ chunks, files }] = catalogue.all<{ chunks: number; files: number }>(
    'SELECT (SELECT max(first + count) FROM segments) AS chunks, (SELECT max(id) FROM files) AS files',
  ) as [{ chunks: number; files: number }];
  const segments = catalogue.all<SegmentRow>(`SELECT ${segmentColumns} FROM segments ORDER BY first`);
  const blocks = catalogue.all<BlockRow>('SELECT id, model, count, checksum, keys, data FROM blocks');
  for (let round = 1; round < times; round++) {
    // Rounds of the files that were written have the lower half.
    const salt = round << 16;
    const keysOf = (keys: Uint8Array): Uint8Array =>
      Buffer.concat(
        Array.from({ length: keys.length / keySize }, (_, index) =>
          otherKey(keys.subarray(index * keySize, (index + 1) * keySize), salt),
        ),
      );
    catalogue.transaction(() => {
      const [chunkStep, fileStep] = [round * chunks, round * files];
      catalogue
        .prepare(
          `INSERT INTO files SELECT id + ?, ? || path, language, hash, bytes, modified, lines, skipped, reading FROM files WHERE id <= ?`,
        )
        .run(fileStep, `copy${round}/`, files);
      catalogue
        .prepare(
          'INSERT INTO chunks SELECT id + ?, file + ?, "start", "end", from_line, to_line, symbols, defines, kind, definition FROM chunks WHERE id < ?',
        )
        .run(chunkStep, fileStep, chunks);
      for (const segment of segments) {
        writeSegment(catalogue, segment.first + chunkStep, {
          lengths: numbersOf(segment.lengths),
          wholes: numbersOf(segment.wholes),
          files: numbersOf(segment.files).map((file) => file + fileStep),
          texts: keysOf(segment.texts),
          postings: postingsOf(catalogue, segment.id),
        });
      }
      for (const { model, keys, data } of blocks)
        writeBlock(catalogue, { model, keys: keysOf(keys), data: turned(data, 100 + round * 7, dimension) });
      catalogue.prepare('UPDATE generation SET number = number + 1').run();
    });
  }
}

function postingsOf(catalogue: Catalogue, segment: number): [string, number[]][] {
  return catalogue
    .all<{ term: string; data: Uint8Array }>('SELECT term, data FROM postings WHERE segment = ?', segment)
    .map(({ term, data }) => {
      const pairs: number[] = [];
      new Postings(data).forEach((document, count) => pairs.push(document, count));
      return [term, pairs];
    });
}

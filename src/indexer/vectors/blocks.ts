/**
 * Stores quantised vectors in the database as checksummed blocks, and merges and sweeps them; used by indexing, the
 * dense index and verification. Writes run inside the caller's transaction.
 */
import { crc32 } from 'node:zlib';
import { numbersOf, release } from '../store/bytes';
import type { Catalogue } from '../store/catalogue';
import { keySize } from '../chunks/embeddedText';

/** So many blocks of about one size become one. */
const mergedTogether = 8;
/** Vectors; merging larger blocks would hold up the writer for longer than it is worth, and reading them take much memory at once. */
const maxMergedVectors = 1 << 14;

/** Vectors to be written: their keys and their quantised rows, each one behind the other. */
export interface VectorRows {
  readonly model: string;
  readonly keys: Uint8Array;
  readonly data: Uint8Array;
}

export interface BlockRow {
  readonly id: number;
  readonly model: string;
  readonly count: number;
  readonly checksum: number;
  readonly keys: Uint8Array;
  readonly data: Uint8Array;
}

/** Whether the bytes of a block are those that were written. */
export function isWhole({ checksum, keys, data }: BlockRow): boolean {
  return crc32(data, crc32(keys)) === checksum;
}

/** Writes vectors as a block. Within a transaction. */
export function writeBlock(catalogue: Catalogue, { model, keys, data }: VectorRows): void {
  if (keys.length === 0) return;
  catalogue
    .prepare('INSERT INTO blocks (model, count, checksum, keys, data) VALUES (?, ?, ?, ?, ?)')
    .run(model, keys.length / keySize, crc32(data, crc32(keys)), keys, data);
}

export function readBlock(catalogue: Catalogue, id: number): BlockRow | undefined {
  return catalogue.all<BlockRow>('SELECT id, model, count, checksum, keys, data FROM blocks WHERE id = ?', id)[0];
}

/**
 * Keeps blocks few: merges those of about one size when there are many. A damaged block stays as it is, so that
 * readers notice it. Within a transaction.
 */
export function tidyBlocks(catalogue: Catalogue): void {
  for (let merged = true; merged;) {
    merged = false;
    const tiers = new Map<string, number[]>();
    for (const { id, model, count } of catalogue.all<BlockRow>('SELECT id, model, count FROM blocks ORDER BY id')) {
      if (count * mergedTogether > maxMergedVectors) continue;
      const tier = `${Math.floor(Math.log(count) / Math.log(mergedTogether))} ${model}`;
      tiers.set(tier, [...(tiers.get(tier) ?? []), id]);
    }
    for (const tier of tiers.values()) {
      if (tier.length < mergedTogether) continue;
      // Never more at once: sweeping leaves hundreds of small ones, which would become one of hundreds of megabytes.
      const blocks = tier
        .slice(0, mergedTogether)
        .flatMap((id) => readBlock(catalogue, id) ?? [])
        .filter(isWhole);
      if (blocks.length < 2) continue;
      merged = true;
      writeBlock(catalogue, {
        model: blocks[0]?.model ?? '',
        keys: Buffer.concat(blocks.map(({ keys }) => keys)),
        data: Buffer.concat(blocks.map(({ data }) => data)),
      });
      for (const { id, keys, data } of blocks) {
        removeBlock(catalogue, id);
        release(keys, data);
      }
    }
  }
}

export function removeBlock(catalogue: Catalogue, id: number): void {
  catalogue.prepare('DELETE FROM blocks WHERE id = ?').run(id);
}

/**
 * Drops the vectors that are not wanted any more, from each block that mostly consists of such. Within a transaction.
 *
 * @param isWanted asked for the words of a block's keys and the number of one of them
 * @param onDrop called with the same for each vector that is dropped
 */
export function sweepBlocks(
  catalogue: Catalogue,
  isWanted: (words: Uint32Array, index: number, model: string) => boolean,
  onDrop: (words: Uint32Array, index: number, model: string) => void = () => undefined,
): void {
  for (const { id } of catalogue.all<{ id: number }>('SELECT id FROM blocks')) {
    const { model, keys, count } = catalogue.all<BlockRow>(
      'SELECT model, count, keys FROM blocks WHERE id = ?',
      id,
    )[0] as BlockRow;
    const words = numbersOf(keys);
    const isKept = Array.from({ length: count }, (_, index) => isWanted(words, index, model));
    const kept = isKept.flatMap((keep, index) => (keep ? [index] : []));
    if (kept.length * 2 < count && keepOnly(catalogue, id, kept)) {
      isKept.forEach((keep, index) => {
        if (!keep) onDrop(words, index, model);
      });
    }
    release(keys);
  }
}

/** Writes some vectors of a block anew, without the others. @returns whether it could be read */
function keepOnly(catalogue: Catalogue, id: number, kept: readonly number[]): boolean {
  const block = readBlock(catalogue, id);
  if (block === undefined || !isWhole(block)) return false;
  const { model, keys, data, count } = block;
  const pick = (bytes: Uint8Array, size: number): Uint8Array =>
    Buffer.concat(kept.map((index) => bytes.subarray(index * size, (index + 1) * size)));
  removeBlock(catalogue, id);
  writeBlock(catalogue, { model, keys: pick(keys, keySize), data: pick(data, data.length / count) });
  release(keys, data);
  return true;
}

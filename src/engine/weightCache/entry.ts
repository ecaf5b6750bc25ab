/**
 * Layout of one packed graph on disk, and reading it with checks that it is complete and the model unchanged; used by
 * `make.ts`, `packedGraphs.ts`, `align.ts` and `cleanup.ts`.
 */
import { open, readFile, realpath, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import type { GraphBytes } from '../runtime/tensors';
import { sourceOf, sourceSchema } from './packedGraphKey';

/** The files of an entry. The manifest is written last. */
export const entryFiles = { graph: 'model.onnx', weights: 'weights.bin', manifest: 'manifest.json' } as const;

const contentSchema = v.strictObject({ bytes: v.number(), crc32: v.number() });
/** Length and CRC-32 of a file: enough for what happens by accident. */
export type FileChecksum = v.InferOutput<typeof contentSchema>;

export const manifestSchema = v.strictObject({
  format: v.literal(1),
  /** The files of the model that it was made of. */
  sources: v.array(sourceSchema),
  graph: contentSchema,
  weights: contentSchema,
});
export type Manifest = v.InferOutput<typeof manifestSchema>;

/** A packed graph on disk. Its files are never written again once they have their names. */
export interface Entry {
  readonly graph: GraphBytes;
  /** Whether the weights are the bytes that were written; reads all of them. */
  isIntact(): Promise<boolean>;
}

/** Bytes read at once: what the processor's cache holds. */
const pieceBytes = 1 << 20;

/**
 * @param folder absolute path of the entry
 * @param path of the model's graph, for messages
 * @returns what is wrong with it, or `undefined` where there is none
 */
export async function readEntry(folder: string, path: string): Promise<Entry | { readonly fault: string } | undefined> {
  let manifest: Manifest;
  try {
    manifest = v.parse(manifestSchema, JSON.parse(await readFile(join(folder, entryFiles.manifest), 'utf8')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : { fault: 'its manifest is damaged' };
  }
  try {
    for (const source of manifest.sources) {
      const now = await sourceOf(source.path);
      if (now.bytes !== source.bytes || now.modified !== source.modified || now.changed !== source.changed)
        return { fault: 'the model has changed' };
    }
    const bytes = await readFile(join(folder, entryFiles.graph));
    const weights = join(folder, entryFiles.weights);
    // A mapped file that is shorter than its reader thinks ends the process.
    const complete =
      bytes.length === manifest.graph.bytes &&
      crc32(bytes) === manifest.graph.crc32 &&
      (await stat(weights)).size === manifest.weights.bytes;
    if (!complete) return { fault: 'it is damaged' };
    return {
      // ONNX Runtime refuses weights that a link leads to.
      graph: { path, bytes, folder: await realpath(folder) },
      isIntact: async () => (await contentOf(weights)).crc32 === manifest.weights.crc32,
    };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

/** Length and CRC-32 of a file, read piece by piece. @throws {Error} where it cannot be read */
export async function contentOf(path: string): Promise<FileChecksum> {
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafe(pieceBytes);
    let [bytes, sum] = [0, 0];
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, pieceBytes);
      if (bytesRead === 0) return { bytes, crc32: sum };
      sum = crc32(piece.subarray(0, bytesRead), sum);
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Notes that the entry is in use. */
export async function touch(folder: string): Promise<void> {
  const now = new Date();
  // Where it cannot be written, it cannot be removed for age either.
  await utimes(join(folder, entryFiles.manifest), now, now).catch(() => undefined);
}

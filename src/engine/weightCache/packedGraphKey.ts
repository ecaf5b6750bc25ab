/**
 * Names packed graphs by model file, form, program, runtime version and processor, so that a change of any of these
 * names a new entry; used by packing, the weight cache and the openers.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { runtimeVersion } from '../runtime/version';

/**
 * The form in which a graph runs: a decoder's changed to write its cache in place, an encoder's with products of bytes or
 * as its file says.
 */
export const packedForms = ['inPlace', 'rounded', 'asItIs'] as const;
export type PackedForm = (typeof packedForms)[number];

/** What is packed: one graph of one model, as it runs. */
export interface PackedSubject {
  /** Absolute path of the model folder. */
  readonly model: string;
  /** Absolute path of the ONNX file. */
  readonly graph: string;
  readonly form: PackedForm;
}

/** Models of fewer bytes load as fast without packed weights, and have little memory to share. */
export const minPackedBytes = 16 * 2 ** 20;

/** Bytes of a graph and of the files that are named after it; 0 where they cannot be read. */
export async function modelBytes(graph: string): Promise<number> {
  const stem = basename(graph).replace(/\.onnx$/, '');
  try {
    const names = (await readdir(dirname(graph))).filter((name) => name.startsWith(stem));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(dirname(graph), name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}

/** A file as it was when it was packed. */
export const sourceSchema = v.strictObject({
  path: v.string(),
  bytes: v.number(),
  modified: v.string(),
  changed: v.string(),
});
export type PackedSource = v.InferOutput<typeof sourceSchema>;

/**
 * A file's size and times, to the nanosecond. The time of its last change cannot be set, so that a file which takes another
 * one's place differs even where a copy keeps size and date.
 *
 * @throws {Error} where it cannot be read
 */
export async function sourceOf(path: string): Promise<PackedSource> {
  const { size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return { path, bytes: Number(size), modified: String(mtimeNs), changed: String(ctimeNs) };
}

/**
 * What packed weights hold for, beside the model: this version of ONNX Runtime and of our rewriting of graphs, and the kind
 * of processor, whose kernels decide how weights are packed.
 *
 * @param program absolute path of the file that rewrites graphs: where it changes, so may what it writes
 */
export function packingEnvironment(program: string): string {
  return [programHash(program), runtimeVersion(), process.platform, process.arch, cpus()[0]?.model ?? ''].join('\n');
}

/** Tells versions of a program apart. @param program absolute path of its file */
export const programHash = (program: string): string =>
  createHash('sha256').update(readFileSync(program)).digest('hex');

/** The name of the folder that holds the packed graph. @throws {Error} where the graph cannot be read */
export async function entryName(environment: string, { graph, form }: PackedSubject): Promise<string> {
  const { path, bytes, modified, changed } = await sourceOf(await realpath(graph));
  return createHash('sha256')
    .update([environment, form, path, bytes, modified, changed].join('\n'))
    .digest('hex')
    .slice(0, 32);
}

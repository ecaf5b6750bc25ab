/**
 * Fingerprints of a model's content, for caches of device decisions, rounding and vectors; used by the engine. One
 * reads only the start of a graph, the other hashes an encoder completely.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { checksumOf } from './files';
import type { EncoderFolder } from './types';

/** The start of a graph holds its nodes or its first weights: either tells models of the same size apart. */
const headBytes = 65_536;

/**
 * Tells the content of a model apart without reading all of it: the start of its graph, and sizes and times of the
 * files that belong to the graph.
 *
 * @throws {Error} where the graph cannot be read
 */
export function modelIdentity(graph: string): string {
  const hash = createHash('sha256').update(head(graph));
  const folder = dirname(graph);
  const stem = basename(graph).replace(/\.onnx$/, '');
  for (const name of readdirSync(folder)
    .filter((other) => other.startsWith(stem))
    .sort()) {
    const { size, mtimeMs } = statSync(join(folder, name));
    hash.update(`\n${name} ${size} ${mtimeMs}`);
  }
  return hash.digest('hex').slice(0, 32);
}

/**
 * Names what an encoder makes of texts: its graph with its weights, and all that is done to a text before and to a vector
 * after. Wherever the folder lies and whenever it was copied, the name is the same, and so it is where products are rounded
 * (see `openFastEncoder`): vectors that differ by so little can stand beside each other.
 *
 * @throws {Error} where a file cannot be read
 */
export async function encoderIdentity({
  path: _path,
  name: _name,
  graph,
  ...settings
}: EncoderFolder): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  const folder = dirname(graph);
  // Weights beside the graph: `model.onnx_data`, `model.onnx.data`.
  for (const name of (await readdir(folder)).filter((other) => other.startsWith(basename(graph))).sort()) {
    hash.update(`\n${name} ${await checksumOf(join(folder, name))}`);
  }
  return hash.digest('hex').slice(0, 32);
}

function head(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(headBytes);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, headBytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

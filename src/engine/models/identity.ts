import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

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
  for (const name of readdirSync(folder).filter((other) => other.startsWith(stem)).sort()) {
    const { size, mtimeMs } = statSync(join(folder, name));
    hash.update(`\n${name} ${size} ${mtimeMs}`);
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

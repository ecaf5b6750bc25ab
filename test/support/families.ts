import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { extract } from 'tar';
import { root } from './paths';

const unpacked: string[] = [];
process.once('exit', () => unpacked.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A model folder of test/fixtures/families, unpacked for this process alone. @returns its absolute path */
export function unpackFamily(name: string): Promise<string> {
  return unpack(join(root, `test/fixtures/families/${name}.tar.gz`));
}

/** A packed model folder, unpacked for this process alone. @returns its absolute path */
export async function unpack(file: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `glassbox-${basename(file, '.tar.gz')}-`));
  unpacked.push(folder);
  await extract({ file, cwd: folder });
  return folder;
}

/** What PyTorch made of it. */
export function readExpected(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
}

/** Numbers written as base64 of little-endian float32. */
export function floats(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** Natural logarithm of the probability of one of them. */
export function logSoftmaxAt(logits: Float32Array, id: number): number {
  const most = logits.reduce((a, b) => Math.max(a, b));
  return logits[id]! - most - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/paths';

/** Bytes of each hash (models/training/corpus/hashes.py). */
const hashBytes = 5;
const corpus = join(root, 'models/training/corpus');

function hashesOf(file: string): string[] {
  const bytes = readFileSync(join(corpus, file));
  assert.equal(bytes.length % hashBytes, 0);
  return Array.from({ length: bytes.length / hashBytes }, (_, at) =>
    bytes.toString('hex', at * hashBytes, (at + 1) * hashBytes),
  );
}

interface Report {
  readonly packages: Record<string, { readonly files?: number }>;
}

describe('what the models are trained on', () => {
  const trained = hashesOf('shards.bin');

  it('is all that the corpus has', () => {
    const { packages } = JSON.parse(readFileSync(join(corpus, 'report.json'), 'utf8')) as Report;
    const files = Object.values(packages).reduce((sum, { files: count = 0 }) => sum + count, 0);
    assert.equal(trained.length, files);
    assert.deepEqual(trained, [...new Set(trained)].sort(), 'each file once, in order');
  });

  it('has no file of what the models are measured with', () => {
    const heldOut = new Set(hashesOf('heldout.bin'));
    assert.ok(heldOut.size > 10_000, 'whole packages are held out');
    assert.deepEqual(
      trained.filter((hash) => heldOut.has(hash)),
      [],
    );
  });
});

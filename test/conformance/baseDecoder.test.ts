import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bases, fetchBase } from '../../scripts/lib/bases.mjs';
import { assembleDecoder } from '../../src/engine/assemble/decoder';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import { requireBaseModel } from '../support/baseModels';
import { LogitsReader } from '../support/decoderLogits';
import { floats } from '../support/families';
import { root } from '../support/paths';

/** Made by test/fixtures/bases/decoder_logits.py. */
interface Expected {
  /** SHA-256 of the base's file. */
  readonly base: string;
  readonly ids: readonly number[];
  /** Logits are those behind each token of so many, and of these one in `sparse`. */
  readonly every: number;
  readonly sparse: number;
  readonly logits: string;
}

describe('the decoder that is made of a base', () => {
  const out = mkdtempSync(join(tmpdir(), 'glassbox-base-'));
  const expected = JSON.parse(readFileSync(join(root, 'test/fixtures/bases/decoder-logits.json'), 'utf8')) as Expected;
  let gguf: string;

  before(async function () {
    requireBaseModel(this, 'decoder');
    gguf = await fetchBase(bases.decoder);
  });
  after(() => rmSync(out, { recursive: true, force: true }));

  it("gives in float32 PyTorch's logits of the weights that the base's file holds", async () => {
    assert.equal(bases.decoder.file.sha256, expected.base);
    const folder = join(out, 'float32');
    await assembleDecoder({ from: gguf, folder, block: 32, precision: 'float32', log: () => {} });
    const largest = await largestDifference(folder, expected);
    console.log(`      largest difference of a logit ${largest.toExponential(1)}`);
    assert.ok(largest <= 1e-4, String(largest));
  });
});

async function largestDifference(path: string, { ids, every, sparse, logits }: Expected): Promise<number> {
  const folder = await openDecoderFolder(path);
  const reader = await LogitsReader.open(folder, 'auto', 2);
  try {
    const made = await reader.read(ids, ids.length);
    const wanted = floats(logits);
    const columns = Math.ceil(folder.vocabularySize / sparse);
    assert.equal(wanted.length, columns * Math.floor(ids.length / every));
    return wanted.reduce((largest, logit, at) => {
      const row = (Math.floor(at / columns) + 1) * every - 1;
      return Math.max(largest, Math.abs(logit - made[row * folder.vocabularySize + (at % columns) * sparse]!));
    }, 0);
  } finally {
    await reader.dispose();
  }
}

import assert from 'node:assert/strict';
import { Encoder } from '../../src/engine/encoder/encoder';
import { openModelFolder } from '../../src/engine/models/folder';
import { Tokenizer } from '../../src/engine/tokenizer/tokenizer';
import { floats, readExpected, unpackFamily } from '../support/families';

/** Texts and what PyTorch makes of them, through `sentence-transformers` but for our own; see encoders.py and glassbox.py beside the fixtures. */
interface Expected {
  readonly dimension: number;
  readonly texts: readonly string[];
  readonly vectors: Record<'query' | 'document', string>;
}

const noPause = () => Promise.resolve(undefined);

/** 1 minus the cosine of two vectors of length 1. */
function distance(a: Float32Array, b: Float32Array): number {
  return 1 - a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}

for (const name of ['bert', 'mpnet', 'roberta', 'modernbert', 't5-encoder', 'glassbox-encoder']) {
  describe(`the encoder family ${name}`, () => {
    let encoder: Encoder;
    let expected: Expected;

    before(async () => {
      const path = await unpackFamily(name);
      expected = readExpected(path) as Expected;
      const folder = await openModelFolder(path);
      assert.equal(folder.role, 'encoder');
      encoder = await Encoder.open(folder, Tokenizer.create(folder.tokenizer, folder.tokenizerConfig), { threads: 2 });
    });
    after(() => encoder.dispose());

    for (const kind of ['query', 'document'] as const) {
      it(`embeds a ${kind} as PyTorch does`, async () => {
        const { texts, dimension } = expected;
        const { vectors, truncated } = await encoder.embed({ kind, texts }, noPause);
        const wanted = floats(expected.vectors[kind]);
        assert.equal(encoder.dimension, dimension);
        assert.equal(vectors.length, texts.length * dimension);
        assert.ok(truncated >= 2 && truncated < texts.length, 'some texts are longer than the context');
        let largest = 0;
        texts.forEach((text, at) => {
          const row = (values: Float32Array) => values.subarray(at * dimension, (at + 1) * dimension);
          const found = distance(row(vectors), row(wanted));
          assert.ok(found <= 1e-3, `${JSON.stringify(text)} is ${found} away`);
          largest = Math.max(largest, found);
        });
        console.log(`      ${texts.length} texts, largest distance ${largest.toExponential(1)}`);
      });
    }

    it('gives a text the same vector whatever stands beside it', async () => {
      const texts = expected.texts.slice(0, 12);
      const together = await encoder.embed({ kind: 'document', texts }, noPause);
      for (const [at, text] of texts.entries()) {
        const { vectors } = await encoder.embed({ kind: 'document', texts: [text], busy: () => true }, noPause);
        assert.ok(distance(vectors, together.vectors.subarray(at * encoder.dimension, (at + 1) * encoder.dimension)) < 1e-5);
      }
    });
  });
}

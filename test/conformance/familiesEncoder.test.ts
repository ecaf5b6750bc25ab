import assert from 'node:assert/strict';
import { Encoder } from '../../src/engine/encoder/encoder';
import { openFastEncoder } from '../../src/engine/encoder/open';
import type { EncoderOptions } from '../../src/engine/encoder/open';
import { roundEncoder } from '../../src/engine/graphs/prepareEncoder';
import { openModelFolder } from '../../src/modelFolder/layouts/folder';
import type { EncoderFolder } from '../../src/modelFolder/layouts/types';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { floats, readExpected, unpackFamily } from '../support/families';

/** Texts and what PyTorch makes of them, through `sentence-transformers` but for our own; see encoders.py and glassbox.py beside the fixtures. */
interface Expected {
  readonly dimension: number;
  readonly texts: readonly string[];
  readonly vectors: Record<'query' | 'document', string>;
}

/** Largest 1 − cosine to PyTorch's vectors with products of bytes, also on processors whose instructions for them may overflow. */
const farthestRounded = 2e-2;

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
        assert.ok(
          distance(vectors, together.vectors.subarray(at * encoder.dimension, (at + 1) * encoder.dimension)) < 1e-5,
        );
      }
    });
  });
}

describe('encoders with products of bytes', () => {
  const open = async (name: string, memory: EncoderOptions['memory']) => {
    const path = await unpackFamily(name);
    const folder = (await openModelFolder(path)) as EncoderFolder;
    const sentences: string[] = [];
    const encoder = await openFastEncoder(folder, Tokenizer.create(folder.tokenizer, folder.tokenizerConfig), {
      threads: 1,
      memory,
      log: (sentence) => sentences.push(sentence),
    });
    return { encoder, expected: readExpected(path) as Expected, graph: folder.graph, sentences };
  };
  const farthestFrom = async (encoder: Encoder, { texts, dimension, vectors }: Expected): Promise<number> => {
    const [found, wanted] = [
      (await encoder.embed({ kind: 'document', texts }, noPause)).vectors,
      floats(vectors.document),
    ];
    const row = (values: Float32Array, at: number) => values.subarray(at * dimension, (at + 1) * dimension);
    return Math.max(...texts.map((_, at) => distance(row(found, at), row(wanted, at))));
  };

  for (const name of ['bert', 'mpnet', 'roberta', 'modernbert', 'glassbox-encoder']) {
    it(`embed texts much the same: ${name}`, async () => {
      const { encoder, expected, graph } = await open(name, {
        get: () => true,
        put: () => assert.fail('what is known is not compared again'),
      });
      try {
        assert.ok(await roundEncoder(graph), 'the graph has products to be rounded');
        const farthest = await farthestFrom(encoder, expected);
        console.log(`      largest distance ${farthest.toExponential(1)}`);
        // Products of floats come a thousand times closer.
        assert.ok(farthest < farthestRounded && farthest > 1e-5, `${farthest}`);
      } finally {
        await encoder.dispose();
      }
    });
  }

  it('are refused where they cost too much, once', async () => {
    const found: boolean[] = [];
    const first = await open('t5-encoder', { get: () => undefined, put: (_, pays) => void found.push(pays) });
    try {
      assert.deepEqual(found, [false]);
      assert.match(
        first.sentences.join(),
        /^model\.onnx of \S+ does not run with products of bytes: they take \d+ % of the time and move a vector by \S+ at most\.$/,
      );
      assert.ok((await farthestFrom(first.encoder, first.expected)) <= 1e-3);
    } finally {
      await first.encoder.dispose();
    }
    const second = await open('t5-encoder', {
      get: () => false,
      put: () => assert.fail('what is known is not compared again'),
    });
    try {
      assert.deepEqual(second.sentences, []);
      assert.ok((await farthestFrom(second.encoder, second.expected)) <= 1e-3);
    } finally {
      await second.encoder.dispose();
    }
  });
});

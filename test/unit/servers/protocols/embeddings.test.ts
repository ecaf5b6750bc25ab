import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ServerError } from '../../../../src/servers/errors';
import { embeddingsOf, embeddingsRequest } from '../../../../src/servers/protocols/embeddings';

const answer = (...vectors: (readonly number[])[]) => ({
  data: vectors.map((embedding, index) => ({ index, embedding })),
});

describe('servers/protocols/embeddings', () => {
  it('asks for numbers', () => {
    assert.deepEqual(embeddingsRequest({ texts: ['a', 'b'] }), {
      path: '/v1/embeddings',
      body: { input: ['a', 'b'], encoding_format: 'float' },
    });
  });

  it('puts vectors where their texts are, and makes them of length 1', () => {
    const { data } = answer([3, 4], [0, -2], [0, 0]);
    const { vectors, dimension, tokens } = embeddingsOf({ data: data.reverse(), usage: { prompt_tokens: 7 } }, 3);
    assert.deepEqual([...vectors], [Math.fround(0.6), Math.fround(0.8), 0, -1, 0, 0]);
    assert.deepEqual([dimension, tokens], [2, 7]);
  });

  it('gives vectors of length 1 for numbers of any size', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 9 }), (vector) => {
        const { vectors } = embeddingsOf(answer(vector), 1);
        const length = Math.hypot(...vectors);
        return vector.every((value) => value === 0) ? length === 0 : Math.abs(length - 1) < 1e-5;
      }),
    );
  });

  const wrong: Readonly<Record<string, unknown>> = {
    'a vector too few': answer([1]),
    'a vector too many': answer([1], [1], [1]),
    'two of one place': {
      data: [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [1] },
      ],
    },
    'a place that no text has': {
      data: [
        { index: 0, embedding: [1] },
        { index: 1e9, embedding: [1] },
      ],
    },
    'other dimensions': answer([1], [1, 2]),
    'no numbers': { data: [{ embedding: ['1'] }, { embedding: [null] }] },
    base64: { data: [{ embedding: 'AACAPw==' }, { embedding: 'AACAPw==' }] },
    'numbers out of bounds': answer([Infinity], [1]),
    'vectors of nothing': answer([], []),
    'vectors that are too long': answer(new Array<number>(10_000).fill(1), new Array<number>(10_000).fill(1)),
    'no list': { vectors: [] },
  };
  for (const [name, value] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => embeddingsOf(value, 2),
        (error: ServerError) => error.code === 'invalid',
      );
    });
  }
});

import assert from 'node:assert/strict';
import { contributions, normalize, pool } from '../../../../src/engine/encoder/pooling';
import type { Pooling } from '../../../../src/modelFolder/layouts/types';
import { pairsOf } from '../../../../src/engine/similarity/pairs';
import { createRandom } from '../../../support/random';

const dimension = 5;
const random = createRandom(3);
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() - 0.4);
const noPause = () => Promise.resolve(undefined);
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

describe('a vector taken apart', () => {
  for (const pooling of ['mean', 'weightedMean', 'max', 'first', 'last'] as Pooling[]) {
    for (const unpooled of [0, 2, 9]) {
      it(`is the sum of what its tokens add: ${pooling}, ${unpooled} of them not counted`, () => {
        const vectors = { values: numbers(12 * dimension), dimension, first: 3, length: 9, unpooled };
        const whole = new Float32Array(dimension);
        pool(pooling, vectors, whole);
        const parts = contributions(pooling, vectors);
        assert.equal(parts.length, 9 * dimension);
        for (let at = 0; at < dimension; at++) {
          let sum = 0;
          for (let token = 0; token < 9; token++) sum += parts[token * dimension + at]!;
          assert.ok(Math.abs(sum - whole[at]!) < 1e-5);
        }
        if (pooling !== 'first' && unpooled === 2)
          assert.ok(parts.subarray(0, 2 * dimension).every((value) => value === 0));
      });
    }
  }

  it('gives a cosine that is the sum of all pairs, whatever the tokens are', async () => {
    const [a, b] = [numbers(7 * dimension), numbers(11 * dimension)];
    const { pairs, score } = await pairsOf(a, b, dimension, noPause);
    const vector = (parts: Float32Array): Float32Array => {
      const sum = new Float32Array(dimension);
      parts.forEach((value, at) => (sum[at % dimension] = sum[at % dimension]! + value));
      normalize(sum);
      return sum;
    };
    assert.equal(pairs.length, 77);
    assert.ok(Math.abs(score - dot(vector(a), vector(b))) < 1e-5);
    assert.ok(Math.abs(pairs.reduce((sum, value) => sum + value, 0) - score) < 1e-5);
    assert.ok(
      pairs.some((value) => value < 0),
      'pairs may speak against it',
    );
  });

  it('has no cosine where it has no direction', async () => {
    assert.ok(Number.isNaN((await pairsOf(new Float32Array(dimension), numbers(dimension), dimension, noPause)).score));
  });
});

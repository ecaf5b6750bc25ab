import assert from 'node:assert/strict';
import { StaticCache } from '../../../../../src/engine/decoder/cache/kvStatic';
import type { CacheForm } from '../../../../../src/engine/graphs/prepare';
import type { Tensor, TensorData } from '../../../../../src/engine/runtime/session';

const graph = (cacheForm: CacheForm) => ({
  slots: [
    { past: 'past_key_values.0.key', present: 'present.0.key' },
    { past: 'past_key_values.0.value', present: 'present.0.value' },
  ],
  heads: 2,
  headSize: 4,
  cacheType: 'float32' as const,
  cacheForm,
});

const session = {
  tensor: (type: Tensor['type'], data: TensorData, dims: readonly number[]): Tensor => ({ type, data, dims }),
};

const create = (cacheForm: CacheForm = 'inPlace') => new StaticCache(session, graph(cacheForm), 4096);

/** The key cache, as a run of two rows behind `past` is given it. */
function keys(cache: StaticCache, past: number, foreseen?: number): { data: Float32Array; rows: number } {
  const { data, dims } = cache.feeds(past, 2, foreseen)['past_key_values.0.key'] as Tensor;
  return { data: data as Float32Array, rows: dims[2] as number };
}

describe('StaticCache', () => {
  it('has room at once for the rows that are foreseen', () => {
    const cache = create();
    const { data, rows } = keys(cache, 0, 1000);
    assert.equal(rows, 1024);
    assert.equal(keys(cache, 1000, 1000).data, data);
  });

  it('has no spare rows where attention copies them', () => {
    assert.equal(keys(create('newRows'), 0, 1000).rows, 128);
  });

  it('grows by a share where a text is longer than was foreseen', () => {
    const cache = create();
    keys(cache, 0, 1000);
    assert.equal(keys(cache, 1023, 1000).rows, 1280);
  });

  it('moves the rows of each head and gives the old memory back at once', () => {
    const cache = create();
    const old = keys(cache, 0);
    old.data.set([1, 2, 3, 4]);
    old.data.set([5, 6, 7, 8], old.rows * 4);
    const grown = keys(cache, 1, 300);
    assert.deepEqual([...grown.data.subarray(0, 4)], [1, 2, 3, 4]);
    assert.deepEqual([...grown.data.subarray(grown.rows * 4, grown.rows * 4 + 4)], [5, 6, 7, 8]);
    assert.equal(old.data.length, 0);
  });

  it('keeps its own memory where another takes a copy', () => {
    const cache = create();
    keys(cache, 0).data.set([1, 2, 3, 4]);
    const copy = cache.copy(1);
    assert.deepEqual([...keys(copy, 1).data.subarray(0, 4)], [1, 2, 3, 4]);
    assert.deepEqual([...keys(cache, 1).data.subarray(0, 4)], [1, 2, 3, 4]);
  });

  it('occupies nothing once it is given up', () => {
    const cache = create();
    cache.dispose();
    assert.equal(cache.bytes, 0);
  });
});

import fc from 'fast-check';
import assert from 'node:assert/strict';
import { BoundedCache } from '../../../../src/modelFolder/tokenizer/boundedCache';
import { mergeBytes } from '../../../../src/modelFolder/tokenizer/bytePairEncoder';
import { MergeTable } from '../../../../src/modelFolder/tokenizer/mergeTable';
import type { Merge } from '../../../../src/modelFolder/tokenizer/mergeTable';
import { MinHeap } from '../../../../src/modelFolder/tokenizer/minHeap';

/** The definition of byte-pair encoding, step by step: the pair of the lowest rank, the leftmost of equals. */
function mergeStepByStep(bytes: Uint8Array, merges: readonly Merge[]): number[] {
  const ids = Array.from(bytes);
  for (;;) {
    let best: Merge | undefined;
    let at = -1;
    for (let i = 0; i + 1 < ids.length; i++) {
      const merge = merges.findLast(({ left, right }) => left === ids[i] && right === ids[i + 1]);
      if (merge && (!best || merge.rank < best.rank)) [best, at] = [merge, i];
    }
    if (!best) return ids;
    ids.splice(at, 2, best.merged);
  }
}

/** Merges of tokens that exist by then, as training makes them, over four bytes. */
const someMerges = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }).map((pairs) =>
  pairs.map(([left, right], rank): Merge => ({
    left: left % (4 + rank),
    right: right % (4 + rank),
    rank,
    merged: 4 + rank,
  })),
);
const byteIds = Int32Array.from({ length: 256 }, (_, byte) => byte);

describe('byte-pair encoding', () => {
  it('gives what its definition gives', () => {
    const bytes = fc.uint8Array({ max: 3, maxLength: 120 });
    const property = fc.property(someMerges, bytes, (merges, word) => {
      assert.deepEqual(mergeBytes(word, byteIds, new MergeTable(merges)).ids, mergeStepByStep(word, merges));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('finds every merge of a large table and no other', () => {
    const merges = Array.from({ length: 5_000 }, (_, rank): Merge => ({
      left: rank % 97,
      right: Math.floor(rank / 97),
      rank,
      merged: rank,
    }));
    const table = new MergeTable(merges);
    for (const merge of merges) assert.equal(table.get(merge.left, merge.right), merge);
    for (let i = 0; i < 5_000; i++) assert.equal(table.get(97 + (i % 50), i), undefined);
    assert.equal(new MergeTable([]).get(1, 2), undefined);
  });

  it('takes candidates in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 50 })), (numbers) => {
        const heap = new MinHeap();
        for (const number of numbers) heap.push(number);
        assert.deepEqual(
          numbers.map(() => heap.pop()),
          numbers.toSorted((a, b) => a - b),
        );
        assert.equal(heap.pop(), undefined);
      }),
    );
  });
});

describe('the cache of pre-tokens', () => {
  it('holds a bounded number, and those in use among them', () => {
    const cache = new BoundedCache<string, number>(100);
    cache.set('used', -1);
    for (let i = 0; i < 10_000; i++) {
      cache.set(`piece ${i}`, i);
      assert.equal(cache.get('used'), -1);
      assert.ok(cache.size <= 200);
    }
    assert.equal(cache.get('piece 9999'), 9_999);
    assert.equal(cache.get('piece 1'), undefined);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodePostings, Postings } from '../../../../src/indexer/store/postings';

describe('postings', () => {
  it('come back as they were written, all in a row and one by one', () => {
    const entries = fc.array(
      fc.tuple(
        fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 100_000 })),
        fc.integer({ min: 1, max: 3_000 }),
      ),
      { maxLength: 600, size: 'max' },
    );
    fc.assert(
      fc.property(entries, fc.nat(100_000), (steps, other) => {
        let document = -1;
        const pairs = steps.map(([step, count]) => [(document += step), count] as const);
        const postings = new Postings(encodePostings(pairs.flat()));
        const read: (readonly [number, number])[] = [];
        postings.forEach((at, count) => read.push([at, count]));
        assert.deepEqual(read, pairs);
        assert.equal(postings.count, steps.length);
        for (const [at, count] of pairs) assert.equal(postings.countOf(at), count);
        assert.equal(postings.countOf(other), pairs.find(([at]) => at === other)?.[1] ?? 0);
      }),
      { numRuns: 60 },
    );
  });

  it('that end too early are refused', () => {
    for (const size of [2, 500]) {
      const bytes = encodePostings(Array.from({ length: size }, (_, index) => [index * 7, 2]).flat());
      assert.throws(() => {
        new Postings(bytes.slice(0, -1)).forEach(() => {});
      }, RangeError);
      assert.throws(() => new Postings(bytes.slice(0, 1)), RangeError);
    }
  });
});

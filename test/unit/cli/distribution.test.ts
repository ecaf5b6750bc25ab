import assert from 'node:assert/strict';
import fc from 'fast-check';
import { distribution } from '../../../src/cli/distribution';

describe('distribution', () => {
  it('is zero of nothing', () => {
    assert.deepEqual(distribution([]), { p50: 0, p95: 0, max: 0 });
  });

  it('takes values that are there, by nearest rank', () => {
    assert.deepEqual(distribution(Array.from({ length: 100 }, (_, index) => 100 - index)), {
      p50: 50,
      p95: 95,
      max: 100,
    });
    assert.deepEqual(distribution([7]), { p50: 7, p95: 7, max: 7 });
  });

  it('gives values that the wanted share of all values does not exceed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const { p50, p95, max } = distribution(values);
        const share = (bound: number) => values.filter((value) => value <= bound).length / values.length;
        assert.ok(share(p50) >= 0.5 && share(p95) >= 0.95 && share(max) === 1);
      }),
    );
  });
});

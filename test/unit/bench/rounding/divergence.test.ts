import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareLogits } from '../../../bench/rounding/divergence';

const logits = fc
  .array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 })
  .map((values) => Float32Array.from(values));

describe('the divergence of two distributions', () => {
  it('is that of two coins', () => {
    const { divergence, same } = compareLogits(
      Float32Array.of(0, 0, Math.log(3), 0),
      Float32Array.of(Math.log(3), 0, Math.log(3), 0),
      2,
    );
    assert.ok(Math.abs(divergence - (0.5 * Math.log(2 / 3) + 0.5 * Math.log(2))) < 1e-6, String(divergence));
    assert.equal(same, 2);
  });

  it('is never below zero, and zero where they differ by a constant', () =>
    fc.assert(
      fc.property(logits, logits, (wanted, made) => {
        assert.ok(compareLogits(wanted, made, 1).divergence > -1e-9);
        const moved = wanted.map((logit) => logit + 1);
        assert.ok(Math.abs(compareLogits(wanted, moved, 1).divergence) < 1e-5);
      }),
    ));
});

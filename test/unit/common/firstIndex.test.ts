import fc from 'fast-check';
import assert from 'node:assert/strict';
import { firstIndex } from '../../../src/common/firstIndex';

describe('firstIndex', () => {
  it('finds where a condition begins to hold', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(250), (count, from) => {
        assert.equal(
          firstIndex(count, (index) => index >= from),
          Math.min(count, from),
        );
      }),
    );
  });
});

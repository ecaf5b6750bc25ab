import assert from 'node:assert/strict';
import { threadCount } from '../../../src/engine/threads';

describe('number of threads', () => {
  it('is what the user asked for', () => {
    assert.equal(threadCount(3, 64), 3);
  });

  it('is all of a few processors, half of many, and at most eight', () => {
    assert.deepEqual([1, 2, 4, 6, 8, 12, 16, 64].map((processors) => threadCount(0, processors)), [1, 2, 4, 4, 4, 6, 8, 8]);
  });
});

import assert from 'node:assert/strict';
import { maxConsecutiveDeaths, restartDelayMs } from '../../../../src/ipc/process/backoff';

describe('back-off', () => {
  it('starts again at once after the first death, later after the second, and not after the third', () => {
    assert.deepEqual([1, 2, 3, 4].map(restartDelayMs), [0, 250, undefined, undefined]);
    assert.equal(maxConsecutiveDeaths, 3);
  });
});

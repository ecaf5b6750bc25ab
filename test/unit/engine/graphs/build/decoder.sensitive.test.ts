import assert from 'node:assert/strict';
import { isSensitive } from '../../../../../src/engine/graphs/build/decoder';

describe('layers whose last matrix has more bits', () => {
  it('are those at both ends and every third between', () => {
    const chosen = Array.from({ length: 30 }, (_, layer) => layer).filter((layer) => isSensitive(layer, 30));
    assert.deepEqual(chosen, [0, 1, 2, 5, 8, 11, 14, 17, 20, 23, 26, 27, 28, 29]);
    assert.ok(isSensitive(0, 1));
  });
});

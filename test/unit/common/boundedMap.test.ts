import assert from 'node:assert/strict';
import { BoundedMap } from '../../../src/common/boundedMap';

describe('a bounded map', () => {
  it('forgets what was set longest ago', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    assert.deepEqual(map.newestFirst(), [
      ['c', 4],
      ['a', 3],
    ]);
    assert.equal(map.get('b'), undefined);
    assert.equal(map.size, 2);
  });
});

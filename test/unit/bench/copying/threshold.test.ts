import assert from 'node:assert/strict';
import { thresholds } from '../../../bench/copying/threshold';

describe('from which confidence on copies are taken', () => {
  it('counts what is right: the copy where it is sure enough, the model elsewhere', () => {
    const places = [
      { confidence: 0.1, copied: 0, written: 1 },
      { confidence: 0.4, copied: 1, written: 0 },
      { confidence: 0.9, copied: 1, written: 1 },
      { confidence: 0.9, copied: 1, written: 0 },
    ];
    const found = new Map(thresholds(places).map(({ from, exact }) => [from, exact]));
    assert.equal(found.size, 21);
    assert.deepEqual(
      [0, 0.1, 0.15, 0.4, 0.45, 1].map((from) => found.get(from)),
      [0.75, 0.75, 1, 1, 0.75, 0.5],
    );
    assert.ok(thresholds([]).every(({ exact }) => exact === 0));
  });
});

import assert from 'node:assert/strict';
import { controlSpans } from '../../../../src/engine/attention/causal';

describe('spans for comparison', () => {
  it('have the same length, lie before the target, and meet neither the hidden span nor the first token', () => {
    const hidden = { from: 10, to: 14 };
    const spans = controlSpans(hidden, 40, 19, 3);
    assert.equal(new Set(spans.map(({ from }) => from)).size, 19);
    assert.ok(spans.every(({ from, to }) => to - from === 4 && from >= 1 && to <= 40 && (to <= 10 || from >= 14)));
    assert.deepEqual(controlSpans(hidden, 40, 19, 3), spans, 'the same seed, the same spans');
    assert.equal(controlSpans(hidden, 16, 19, 3).length, 6, 'fewer where there is no room');
  });
});

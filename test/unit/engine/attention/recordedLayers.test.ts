import assert from 'node:assert/strict';
import fc from 'fast-check';
import { recordedLayers, spreadOut } from '../../../../src/engine/attention/recordedLayers';

describe('layers that a recording has whole maps of', () => {
  it('are in an order that has each once, the last and the first in front, with no wide gap among the first few', () => {
    assert.deepEqual(spreadOut(9), [8, 0, 4, 2, 6, 1, 3, 5, 7]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(80), (layers, few) => {
        const order = spreadOut(layers);
        assert.deepEqual(
          order.toSorted((a, b) => a - b),
          Array.from({ length: layers }, (_, at) => at),
        );
        assert.deepEqual(order.slice(0, 2), layers === 1 ? [0] : [layers - 1, 0]);
        const first = order.slice(0, Math.max(2, few)).toSorted((a, b) => a - b);
        const gaps = first.slice(1).map((layer, at) => layer - (first[at] as number));
        // Halved again and again: the widest is at most twice the others, and one for the odd numbers.
        if (gaps.length > 0) assert.ok(Math.max(...gaps) <= 2 * Math.min(...gaps) + 1, gaps.join(' '));
      }),
    );
  });

  it('fit into the room, wanted ones first, and are of those that were kept', () => {
    assert.deepEqual(recordedLayers([{ kept: Array.from({ length: 5 }, () => true), layerBytes: 10 }], [1], 30), [
      [true, true, false, false, true],
    ]);
    const stack = fc.record({
      kept: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      layerBytes: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(stack, { maxLength: 3 }), fc.array(fc.nat(50)), fc.nat(5000), (stacks, wanted, room) => {
        const chosen = recordedLayers(stacks, wanted, room);
        const taken = chosen.map((layers) => layers.filter(Boolean).length);
        const bytes = stacks.reduce((sum, { layerBytes }, at) => sum + layerBytes * (taken[at] as number), 0);
        assert.ok(bytes <= room);
        for (const [at, { kept, layerBytes }] of stacks.entries()) {
          assert.ok(chosen[at]?.every((isChosen, layer) => !isChosen || kept[layer]));
          assert.ok(room - bytes < layerBytes || taken[at] === kept.filter(Boolean).length, 'no room is left unused');
        }
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { Capture } from '../../../../src/attention/capture';
import type { AttentionModel } from '../../../../src/attention/model';
import { weights } from '../../../../src/attention/tiles';
import { Captures } from '../../../../src/engine/attention/captures';
import { eachLayer, provide } from '../../../../src/engine/attention/layersOnDemand';
import { scoreHeads } from '../../../../src/engine/attention/scores';
import { fillSynthetic, syntheticCapture } from '../../../support/capture';

const noPause = () => Promise.resolve(undefined);

/** 30 layers of 9 heads in memory for 8 of them, beside the same capture with all. */
function small() {
  const whole = syntheticCapture({ layers: 30, heads: 9, length: 60 });
  const [all] = whole.stacks;
  let runs = 0;
  const model: AttentionModel = {
    path: '/models/small',
    openMs: 0,
    plan: () => whole.plan,
    fill(capture) {
      runs++;
      fillSynthetic(capture);
      return Promise.resolve({ runMs: 0, packMs: 0 });
    },
  };
  // Thumbnails and norms are not of whole maps, and take their part.
  const rest = new Capture(1, '', whole.plan, [[]]).bytes;
  const captures = new Captures(rest + 8 * all!.layerBytes);
  const capture = captures.add(model.path, whole.plan, []);
  fillSynthetic(capture);
  return { all: all!, captures, capture, model, runs: () => runs, rest };
}

const keptOf = ({ stacks: [stack] }: Capture) => stack!.kept.flatMap((isKept, layer) => (isKept ? [layer] : []));
const span = { tokens: { from: 40, to: 41 }, direction: 'reads', withoutSink: false } as const;

describe('layers whose maps a capture does not keep', () => {
  it('are captured again when they are looked at, in the place of those that were there longest', async () => {
    const { all, captures, capture, model, runs } = small();
    const budget = captures.budget;
    const [stack] = capture.stacks;
    const before = keptOf(capture);
    assert.ok(before.length >= 8 && before.length < 30, `${before.length}`);
    assert.throws(() => weights(stack!, { ...span, layer: 29, heads: 4 }), /without whole maps/);
    await provide(captures, model, capture, 0, { layer: 29, heads: 4 }, noPause);
    assert.deepEqual(weights(stack!, { ...span, layer: 29, heads: 4 }), weights(all, { ...span, layer: 29, heads: 4 }));
    assert.ok(keptOf(capture).includes(29) && !keptOf(capture).includes(0));
    assert.ok(capture.bytes <= budget);
    await provide(captures, model, capture, 0, { layer: 29, heads: 'mean' }, noPause);
    assert.equal(runs(), 1, 'what is there is not captured again');
  });

  it('are in summaries of all layers, and in the scores of all heads', async () => {
    const { all, captures, capture, model } = small();
    const [stack] = capture.stacks;
    for (const heads of ['mean', 'max', 'value-weighted'] as const) {
      const selection = { layer: undefined, heads };
      await provide(captures, model, capture, 0, selection, noPause);
      const [ours, theirs] = [weights(stack!, { ...span, ...selection }), weights(all, { ...span, ...selection })];
      for (const [at, value] of ours.values.entries())
        assert.ok(Math.abs(value - theirs.values[at]!) < 6e-3, `${heads} ${at}: ${value} ${theirs.values[at]}`);
    }
    const each = eachLayer(captures.budget, model, capture, 0, noPause);
    const { sequences } = capture.plan;
    assert.deepEqual(
      await scoreHeads(stack!, sequences, [], noPause, each),
      await scoreHeads(all, sequences, [], noPause),
    );
  });

  it('give way to those of a second capture, and neither capture is lost', async () => {
    const { captures, capture, model, rest, all } = small();
    const other = new Captures(2 * rest + 8 * all.layerBytes);
    const [first, second] = [other.add(model.path, capture.plan, []), other.add(model.path, capture.plan, [])];
    for (const one of [first, second]) fillSynthetic(one);
    assert.ok(first.bytes + second.bytes <= other.budget);
    for (const one of [first, second, first]) {
      await provide(other, model, one, 0, { layer: 12, heads: 3 }, noPause);
      assert.ok(keptOf(one).includes(12));
      assert.ok(other.has(first.id) && other.has(second.id));
      assert.ok(first.bytes + second.bytes <= other.budget);
    }
    assert.ok(captures.has(capture.id));
  });

  it('are refused where one alone has no room, and where rollout needs all of them', async () => {
    const { captures, capture, model, all } = small();
    await assert.rejects(
      provide(captures, model, capture, 0, { layer: undefined, heads: 'rollout' }, noPause),
      /Rollout goes through all layers/,
    );
    const tight = new Captures(1.5 * all.layerBytes);
    await assert.rejects(provide(tight, model, capture, 0, { layer: 29, heads: 0 }, noPause), /capture a shorter text/);
  });
});

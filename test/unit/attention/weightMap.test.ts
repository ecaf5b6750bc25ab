import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { effectiveContext, entropyOf } from '../../../src/attention/entropy';
import { WeightMap } from '../../../src/attention/weightMap';
import { weightOf } from '../../../src/attention/quantize';
import { rolloutRows } from '../../../src/attention/rollout';
import { scoreHeads } from '../../../src/engine/attention/scores';
import { StackData } from '../../../src/attention/stack';
import { WeightSummary } from '../../../src/attention/summary';
import type { HeadRole } from '../../../src/ipc/engine/messages/attention';
import { root } from '../../support/paths';

/** What NumPy makes of the definitions: test/fixtures/attention/reference.py. */
const reference = JSON.parse(readFileSync(join(root, 'test/fixtures/attention/reference.json'), 'utf8')) as {
  text: string;
  ranges: [number, number][];
  ids: number[];
  layers: number;
  heads: number;
  data: number[][][][];
  means: number[][][];
  roles: Record<HeadRole, { score: number[]; lift: number[] }>;
  entropy: number[];
  effectiveContext: number[];
  sink: number[];
  rollout: number[][];
};
const length = reference.ids.length;
const { layers, heads } = reference;

function stackOfReference(): StackData {
  const stack = new StackData(
    { kind: 'decoder', queries: 0, keys: 0, layers, heads, causal: true, rows: length, columns: length },
    [true, true, true],
    false,
  );
  for (const [layer, found] of reference.data.entries()) {
    stack.add(layer, {
      weights: Float32Array.from(found.flat(2), (byte) => weightOf[byte]!),
      first: 0,
      rows: length,
      columns: length,
    });
  }
  return stack;
}

function near(found: Float32Array, expected: readonly number[], tolerance: number, what: string): void {
  assert.equal(found.length, expected.length);
  for (const [at, value] of expected.entries()) {
    assert.ok(
      Math.abs(found[at]! - value) <= tolerance * Math.max(1, Math.abs(value)),
      `${what}, ${at}: ${found[at]} instead of ${value}`,
    );
  }
}

describe('what heads do, against NumPy', () => {
  it('roles, lifts, entropy, effective context and sink', async () => {
    const sequence = {
      ids: Int32Array.from(reference.ids),
      texts: reference.ranges.map(([start, end]) => reference.text.slice(start, end)),
      text: reference.text,
      ranges: Uint32Array.from(reference.ranges.flat()),
      segments: [{ kind: 'text' as const, from: 0, to: length, start: 0, end: reference.text.length }],
    };
    const found = await scoreHeads(stackOfReference(), [sequence], [], () => Promise.resolve(undefined));
    for (const role of ['previous', 'duplicate', 'induction', 'bracket', 'identifier'] as const) {
      const own = found.roles.find((one) => one.role === role)!;
      assert.ok(
        reference.roles[role].score.some((score) => score > 0),
        role,
      );
      near(own.score, reference.roles[role].score, 1e-5, `${role} score`);
      near(own.lift, reference.roles[role].lift, 1e-4, `${role} lift`);
    }
    near(found.entropy, reference.entropy, 1e-5, 'entropy');
    near(found.effectiveContext, reference.effectiveContext, 1e-5, 'effective context');
    near(found.sink, reference.sink, 1e-5, 'sink');
  });

  it('relations that the host knows are scored with the pairs that it gives', async () => {
    const text = {
      ids: Int32Array.from(reference.ids),
      texts: [],
      text: reference.text,
      ranges: Uint32Array.from(reference.ranges.flat()),
      segments: [],
    };
    const pairs = Uint32Array.of(5, 4, 9, 2, 9, 2, 400, 1);
    const found = await scoreHeads(stackOfReference(), [text], [{ role: 'definition', pairs }], () =>
      Promise.resolve(undefined),
    );
    const own = found.roles.find(({ role }) => role === 'definition')!;
    assert.equal(own.pairs, 2, 'twice is once, and what is outside is left out');
    const weight = (row: number, column: number) => weightOf[reference.data[0]![1]![row]![column]!]!;
    let total = 0;
    for (let row = 0; row < length; row++) for (let column = 1; column < row; column++) total += weight(row, column);
    assert.ok(Math.abs(own.score[1]! - (weight(5, 4) + weight(9, 2)) / total) < 1e-6);
  });

  it('rollout: whole, by row and by column', () => {
    const maps = reference.means.map((mean) => {
      const map = WeightMap.empty({ rows: length, columns: length, causal: true });
      for (const [row, bytes] of mean.entries()) map.row(row).set(bytes.slice(0, row + 1));
      return map;
    });
    const rows = rolloutRows(maps);
    for (const [row, expected] of reference.rollout.entries()) near(rows[row]!, expected, 1e-5, `row ${row}`);

    const summary = new WeightSummary(stackOfReference(), { layer: undefined, heads: 'rollout' });
    for (const token of [0, 7, length - 1]) {
      // Means are of weights here and of bytes there: a step of rounding apart.
      near(summary.reads({ from: token, to: token + 1 }, false), reference.rollout[token]!, 6e-3, `what ${token} read`);
      near(
        summary.readBy({ from: token, to: token + 1 }, false),
        reference.rollout.map((row) => row[token]!),
        6e-3,
        `who read ${token}`,
      );
    }
  });

  it('entropy of nothing and of one', () => {
    assert.equal(entropyOf(new Float32Array(4)), 0);
    assert.equal(effectiveContext(new Float32Array(4)), 0);
    assert.equal(effectiveContext(Float32Array.of(0, 0.25, 0)), 1);
    assert.ok(Math.abs(effectiveContext(new Float32Array(8).fill(0.125)) - 8) < 1e-6);
  });
});

describe('summaries of heads', () => {
  it('value-weighted rows are w·‖v·W‖ over heads as parts of their sum, and dropping the sink keeps that sum', () => {
    const stack = new StackData(
      { kind: 'decoder', queries: 0, keys: 0, layers: 1, heads: 2, causal: true, rows: 3, columns: 3 },
      [true],
      true,
    );
    stack.valueNorms!.set([1, 2, 3, 4, 5, 6]);
    const rows = [
      [1, 0, 0, 0.25, 0.75, 0, 0.25, 0.25, 0.5],
      [1, 0, 0, 0.5, 0.5, 0, 1, 0, 0],
    ];
    stack.add(0, { weights: Float32Array.from(rows.flat()), first: 0, rows: 3, columns: 3 });
    const summary = new WeightSummary(stack, { layer: 0, heads: 'value-weighted' });
    const [a, b, c] = [0.25 * 1 + 1 * 4, 0.25 * 2, 0.5 * 3];
    near(
      summary.reads({ from: 2, to: 3 }, false),
      [a, b, c].map((part) => part / (a + b + c)),
      6e-3,
      'row 2',
    );
    near(summary.reads({ from: 2, to: 3 }, true), [0, b / (b + c), c / (b + c)], 6e-3, 'row 2 without the sink');
    near(
      summary.readBy({ from: 1, to: 2 }, false),
      [0, (0.75 * 2 + 0.5 * 5) / (0.25 + 1.5 + 2 + 2.5), b / (a + b + c)],
      6e-3,
      'who read 1',
    );
  });

  it('refuses what is not there', () => {
    const stack = stackOfReference();
    assert.throws(() => new WeightSummary(stack, { layer: 3, heads: 'mean' }), /no layer 3/);
    assert.throws(() => new WeightSummary(stack, { layer: 0, heads: 2 }), /no head 2/);
    assert.throws(() => new WeightSummary(stack, { layer: undefined, heads: 1 }), /needs a layer/);
    assert.throws(() => new WeightSummary(stack, { layer: 0, heads: 'value-weighted' }), /cannot be weighed/);
  });
});

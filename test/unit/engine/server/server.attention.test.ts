import assert from 'node:assert/strict';
import type { AttentionModel, Predictions } from '../../../../src/attention/model';
import { sequenceOf } from '../../../../src/engine/attention/sequence';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { ModelStore } from '../../../../src/engine/scheduling/modelStore';
import type { EngineMessage } from '../../../../src/ipc/engine/protocol';
import type {
  CaptureResult,
  Causal,
  Probabilities,
  Provenance,
  Tile,
} from '../../../../src/ipc/engine/messages/attention';
import { EngineServer } from '../../../../src/engine/server/server';
import { idsOf, letters } from '../../../support/letters';

/**
 * Every token of a text is a letter; row i of its two heads lies on column 0 and on i. It expects the letter `b` behind
 * any other, all the more where token 3 is in view.
 */
function spellingModel(): AttentionModel {
  const predictions: Predictions = {
    async predict(_, { from, to }, step, visit, hidden) {
      for (let position = from; position < to; position++) {
        await step();
        const hides = hidden !== undefined && hidden.from <= 3 && hidden.to > 3;
        visit(
          position,
          Float32Array.from({ length: 128 }, (__, id) => (id === 98 ? (hides ? 1 : 9) : 0)),
        );
      }
    },
    textOf: (id) => String.fromCharCode(id),
  };
  return {
    path: '/model',
    openMs: 1,
    predictions,
    plan(subject) {
      const parts =
        subject.kind === 'text'
          ? [{ kind: 'text' as const, ids: idsOf(subject.text) }]
          : [
              { kind: 'prefix' as const, ids: subject.promptIds },
              { kind: 'generated' as const, ids: subject.generatedIds },
            ];
      const sequence = sequenceOf(parts, letters);
      const length = sequence.ids.length;
      const stack = {
        kind: 'decoder' as const,
        queries: 0,
        keys: 0,
        layers: 1,
        heads: 2,
        causal: true,
        rows: length,
        columns: length,
        valueWeighted: false,
      };
      return {
        way: 'softmax',
        sequences: [sequence],
        stacks: [stack],
        generatedFrom: subject.kind === 'prompt' ? subject.promptIds.length : length,
      };
    },
    async fill(capture, step, onRows) {
      const [stack] = capture.stacks;
      for (let row = 0; row < capture.text.ids.length; row++) {
        await step();
        const line = new Float32Array(row + 1);
        line[0] = 0.5;
        line[row] = line[row]! + 0.5;
        stack!.add(0, { weights: Float32Array.from([...line, ...line]), first: row, rows: 1, columns: row + 1 });
        onRows(0, row + 1);
      }
      return { runMs: 1, packMs: 1 };
    },
  };
}

function serve() {
  const sent: EngineMessage[] = [];
  const none = new ModelStore<never>(
    () => Promise.reject(new EngineError('modelMissing', 'not here')),
    () => undefined,
  );
  const attention = new ModelStore(
    () => Promise.resolve(spellingModel()),
    () => undefined,
  );
  const server = new EngineServer({ models: none, attention, threads: 1, send: (message) => sent.push(message) });
  let next = 1;
  const begin = (method: string, params: unknown) => {
    const id = next++;
    server.receive({ kind: 'request', id, method, priority: 'inspect', params });
    return id;
  };
  const end = async (id: number) => {
    for (;;) {
      const message = sent.find((one) => (one.kind === 'result' || one.kind === 'error') && one.id === id);
      if (message?.kind === 'result') return message.value;
      if (message?.kind === 'error') throw new EngineError(message.error.code, message.error.message);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const ask = async <T>(method: string, params: unknown): Promise<T> => (await end(begin(method, params))) as T;
  const eventsOf = (id: number) =>
    sent.flatMap((one) => (one.kind === 'event' && one.id === id ? [one.value as { kind: string; done: number }] : []));
  return { server, sent, begin, end, ask, eventsOf };
}

const text = 'if (a)\n  b\n';
const params = { model: '/model', subject: { kind: 'text', text } };

describe('attention in the engine', () => {
  it('tells of a capture when it begins and with every row, and answers while it is under way', async () => {
    const { begin, end, eventsOf, ask } = serve();
    const id = begin('capture', params);
    while (eventsOf(id).length < 4) await new Promise((resolve) => setImmediate(resolve));
    const tile = await ask<Tile>('tile', {
      capture: 1,
      layer: 0,
      heads: 1,
      level: 0,
      kind: 'max',
      x: 0,
      y: 0,
      width: 3,
      height: 3,
    });
    assert.deepEqual([...tile.data.slice(0, 3)], [255, 0, 0]);
    const result = (await end(id)) as CaptureResult;
    assert.equal(result.capture, 1);
    assert.deepEqual(
      eventsOf(id).map(({ kind }) => kind),
      ['begun', ...Array.from(text, () => 'rows')],
    );
    assert.deepEqual(
      eventsOf(id)
        .slice(1)
        .map(({ done }) => done),
      Array.from(text, (_, at) => at + 1),
    );
    const summary = await ask<Tile>('tile', {
      capture: 1,
      heads: 'rollout',
      level: 0,
      kind: 'mean',
      x: 0,
      y: 0,
      width: 99,
      height: 99,
    });
    assert.equal(summary.width, text.length);
  });

  it('a capture that is cancelled leaves nothing behind, and one that is released is gone', async () => {
    const { server, begin, end, eventsOf, ask } = serve();
    const id = begin('capture', { model: '/model', subject: { kind: 'text', text: text.repeat(20) } });
    while (eventsOf(id).length < 4) await new Promise((resolve) => setImmediate(resolve));
    server.receive({ kind: 'cancel', id });
    await assert.rejects(end(id), { code: 'cancelled' });
    assert.ok(eventsOf(id).length < 100);
    await assert.rejects(ask('headScores', { capture: 1 }), /no longer there/);

    const { capture } = await ask<CaptureResult>('capture', params);
    await ask('release', { capture });
    await assert.rejects(
      ask('weights', { capture, layer: 0, heads: 0, tokens: { from: 0, to: 1 }, direction: 'reads' }),
      { code: 'invalid' },
    );
  });

  it('refuses what does not fit, with a sentence', async () => {
    const { ask } = serve();
    const { capture } = await ask<CaptureResult>('capture', params);
    const weights = { capture, layer: 0, heads: 0, tokens: { from: 0, to: 1 }, direction: 'reads' };
    await assert.rejects(ask('weights', { ...weights, tokens: { from: 3, to: 3 } }), /no tokens 3 to 3/);
    await assert.rejects(ask('weights', { ...weights, tokens: { from: 0, to: 999 } }), /no tokens/);
    await assert.rejects(ask('weights', { ...weights, stack: 1 }), /no stack 1/);
    await assert.rejects(ask('weights', { ...weights, heads: 'median' }), { code: 'invalid' });
    await assert.rejects(ask('tile', { ...weights, level: 99, kind: 'max', x: 0, y: 0, width: 1, height: 1 }), {
      code: 'invalid',
    });
    await assert.rejects(ask('provenance', { capture, heads: 'mean' }), /Nothing was generated/);
    await assert.rejects(ask('probabilities', { capture, position: 99, top: 1 }), /no tokens/);
    await assert.rejects(
      ask('causal', { capture, hidden: { from: 4, to: 6 }, target: { from: 5, to: 7 } }),
      /must lie before/,
    );
  });

  it('says what was likely, where a token came from, and whether hiding it matters', async () => {
    const { ask } = serve();
    const prompt = 'a\nbcdefghijklmnopqrstuvwxyzacdef\n';
    const { capture } = await ask<CaptureResult>('capture', {
      model: '/model',
      subject: { kind: 'prompt', promptIds: idsOf(prompt), generatedIds: idsOf('bx') },
    });
    const { top, actual } = await ask<Probabilities>('probabilities', { capture, position: prompt.length - 1, top: 2 });
    assert.deepEqual([top[0]!.text, actual?.text, actual?.rank], ['b', 'b', 1]);

    const { lines, tokens } = await ask<Provenance>('provenance', { capture, layer: 0, heads: 1 });
    assert.deepEqual(
      lines.map(({ from, to }) => [from, to]),
      [
        [0, 2],
        [2, prompt.length],
        [prompt.length, prompt.length + 2],
      ],
    );
    assert.deepEqual(
      tokens.map((token) => token.token),
      [prompt.length, prompt.length + 1],
    );
    assert.ok(tokens[0]!.logprob > -0.1 && tokens[1]!.logprob < -8);
    assert.deepEqual(
      tokens[0]!.lines.map(({ line }) => line),
      [1],
      'without the sink, all of it',
    );

    const check = await ask<Causal>('causal', {
      capture,
      hidden: { from: 3, to: 4 },
      target: { from: prompt.length, to: prompt.length + 1 },
    });
    assert.equal(check.verdict, 'causal');
    assert.ok(check.delta < -1 && check.p <= 0.05 && check.controlDeltas.every((delta) => delta === 0));
    const other = await ask<Causal>('causal', {
      capture,
      hidden: { from: 9, to: 10 },
      target: { from: prompt.length, to: prompt.length + 1 },
    });
    assert.equal(other.verdict, 'correlational');
  });
});

import assert from 'node:assert/strict';
import { serialize } from 'node:v8';
import type { AttentionModel } from '../../../../src/attention/model';
import { sequenceOf } from '../../../../src/engine/attention/sequence';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { ModelStore } from '../../../../src/engine/scheduling/modelStore';
import type { EngineMessage } from '../../../../src/ipc/engine/protocol';
import { maxRecordingBytes } from '../../../../src/engine/attention/record';
import { maxTileCells } from '../../../../src/ipc/engine/messages/attention';
import { EngineServer } from '../../../../src/engine/server/server';
import { maxMessageBytes, sizeOf } from '../../../../src/ipc/pages/messageSize';

const tokens = 2048;

/** A line for every second token. The rows of its first layer are even, so that every line takes part; the others are empty. */
function largeModel(layers: number, heads: number): AttentionModel {
  const letters = { stream: () => ({ push: (id: number) => (id % 2 === 0 ? 'name' : '\n'), end: () => '' }) };
  return {
    path: '/model',
    openMs: 0,
    predictions: {
      predict(_, { from, to }, __, visit) {
        for (let position = from; position < to; position++) visit(position, new Float32Array(tokens));
        return Promise.resolve();
      },
      textOf: String,
    },
    plan() {
      const sequence = sequenceOf([{ kind: 'text', ids: Int32Array.from({ length: tokens }, (_, i) => i) }], letters);
      const stack = {
        kind: 'decoder' as const,
        queries: 0,
        keys: 0,
        layers,
        heads,
        causal: true,
        rows: tokens,
        columns: tokens,
        valueWeighted: false,
      };
      return { way: 'softmax', sequences: [sequence], stacks: [stack], generatedFrom: 1 };
    },
    fill(capture) {
      const weights = new Float32Array(heads * tokens);
      for (let row = 0; row < tokens; row++)
        capture.stacks[0]!.add(0, { weights: weights.fill(1 / (row + 1)), first: row, rows: 1, columns: tokens });
      return Promise.resolve({ runMs: 0, packMs: 0 });
    },
  };
}

describe('messages about 2,048 tokens', function () {
  for (const [layers, heads] of [
    [10, 10],
    [32, 32],
  ] as const) {
    it(`of ${layers} layers with ${heads} heads are no larger than ${maxMessageBytes / 1e6} MB, whatever is asked`, async () => {
      const sent: EngineMessage[] = [];
      const none = new ModelStore<never>(
        () => Promise.reject(new EngineError('modelMissing', 'not here')),
        () => undefined,
      );
      const server = new EngineServer({
        models: none,
        attention: new ModelStore(
          () => Promise.resolve(largeModel(layers, heads)),
          () => undefined,
        ),
        threads: 1,
        send: (message) => sent.push(message),
      });
      let next = 1;
      const ask = async (method: string, params: object): Promise<EngineMessage> => {
        const id = next++;
        server.receive({ kind: 'request', id, method, priority: 'inspect', params });
        for (;;) {
          const answer = sent.find((one) => (one.kind === 'result' || one.kind === 'error') && one.id === id);
          if (answer) return answer;
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const map = { capture: 1, layer: 0, heads: 'mean', level: 0, kind: 'max', x: 0, y: 0 };
      const answers = [
        await ask('capture', { model: '/model', subject: { kind: 'text', text: 'all of it' } }),
        await ask('thumbnails', { capture: 1, size: 128, kind: 'max' }),
        await ask('tile', { ...map, width: tokens, height: Math.floor(maxTileCells / tokens) }),
        await ask('weights', {
          capture: 1,
          layer: 0,
          heads: 'max',
          tokens: { from: 0, to: tokens },
          direction: 'readBy',
        }),
        await ask('provenance', { capture: 1, layer: 0, heads: 'mean', tokens: { from: 1, to: tokens } }),
        await ask('probabilities', { capture: 1, position: 9, top: 100 }),
        await ask('causal', {
          capture: 1,
          hidden: { from: 1, to: 2 },
          target: { from: 2000, to: tokens },
          controls: 100,
        }),
      ];
      assert.deepEqual(
        answers.map(({ kind }) => kind),
        answers.map(() => 'result'),
      );
      const tooMuch = await ask('tile', { ...map, width: tokens, height: tokens });
      assert.ok(tooMuch.kind === 'error' && tooMuch.error.message.includes('at most'));
      const sizes = sent.map((message) => serialize(message).length);
      assert.ok(Math.max(...sizes) > 3_000_000, 'the largest is asked for');
      for (const [at, size] of sizes.entries())
        assert.ok(size <= maxMessageBytes && sizeOf(sent[at]) <= maxMessageBytes, `message ${at} takes ${size} bytes`);

      // A recording goes into a file, and to no page.
      const recording = await ask('recordCapture', { capture: 1 });
      assert.ok(recording.kind === 'result', JSON.stringify(recording));
      const { data } = recording.value as { data: Uint8Array };
      assert.ok(data.length > 1_000 && data.length <= maxRecordingBytes, `a recording takes ${data.length} bytes`);
    });
  }
});

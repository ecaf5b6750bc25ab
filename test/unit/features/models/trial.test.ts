import assert from 'node:assert/strict';
import type { TrialTask } from '../../../../src/features/models/tasks';
import { tryModel } from '../../../../src/features/models/trial';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { EngineClient } from '../../../../src/ipc/engine/client';
import type { CompleteParams, Params } from '../../../../src/ipc/engine/protocol';

const tasks: TrialTask[] = Array.from({ length: 40 }, (_, one) => ({
  path: 'a.ts', prefix: `const a${one} = `, suffix: '\n', expected: `value(${one});`,
})); // prettier-ignore

/** An engine of which each answer takes some time of a clock that nobody waits for. */
function engineOf(role: 'decoder' | 'encoder', ms: number) {
  const asked: string[] = [];
  let time = 0;
  const request = (method: string, params: unknown, { signal }: { signal?: AbortSignal }): Promise<unknown> => {
    asked.push(method);
    if (signal?.aborted === true) return Promise.reject(new EngineError('cancelled', 'The request is no longer wanted.'));
    time += ms;
    if (method === 'load')
      return Promise.resolve({ name: 'm', role, contextLength: 9, vocabularySize: 9, fillsInTheMiddle: true, prompts: [], loadMs: 70 });
    if (method === 'status') return Promise.resolve({ models: [], residentBytes: 5e8, threads: 2, accelerators: [], runtime: '1' });
    if (method === 'embed') return Promise.resolve({ vectors: new Float32Array(2), dimension: 2, tokens: (params as Params<'embed'>).texts.length, truncated: 0 });
    const { prefix } = params as CompleteParams;
    const number = /\d+/.exec(prefix)![0];
    // Every fourth line is right.
    const text = Number(number) % 4 === 0 ? `value(${number});` : 'nonsense';
    const timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 100, prefillMs: 50, decodeTokens: 10, decodeMs: 40 };
    return Promise.resolve({ text, tokens: [], promptIds: new Int32Array(), logprob: 0, confidence: 1, finish: 'stop', timings });
  }; // prettier-ignore
  return { engine: { request } as unknown as Pick<EngineClient, 'request'>, asked, now: () => time };
}

describe('the trial of a model', () => {
  const { signal } = new AbortController();

  it('says how fast a decoder reads, writes and answers, and how many lines it writes exactly', async () => {
    const { engine, now } = engineOf('decoder', 30);
    const done: number[] = [];
    const figures = await tryModel(engine, '/m', tasks, { signal, now, onProgress: (count) => done.push(count) });
    assert.deepEqual(figures, {
      role: 'decoder',
      loadMs: 70,
      residentBytes: 5e8,
      fillsInTheMiddle: true,
      readPerSecond: 2_000,
      writtenPerSecond: 250,
      answerMs: 30,
      exact: { right: 10, of: 40 },
    });
    assert.deepEqual(done, tasks.map((_, index) => index + 1)); // prettier-ignore
  });

  it('ends after ten seconds with those tasks that there was time for', async () => {
    const { engine, now } = engineOf('decoder', 1_000);
    const { exact } = await tryModel(engine, '/m', tasks, { signal, now });
    assert.deepEqual(exact, { right: 2, of: 5 });
  });

  it('says how fast an encoder reads, and writes nothing with it', async () => {
    const { engine, asked, now } = engineOf('encoder', 20);
    const figures = await tryModel(engine, '/m', tasks, { signal, now });
    assert.deepEqual([figures.readPerSecond, figures.answerMs, figures.exact], [50, 20, undefined]);
    assert.ok(!asked.includes('complete'));
  });

  it('is given up at once', async () => {
    const { engine, asked, now } = engineOf('decoder', 30);
    const controller = new AbortController();
    const onProgress = (count: number): void => {
      if (count === 3) controller.abort();
    };
    await assert.rejects(tryModel(engine, '/m', tasks, { signal: controller.signal, now, onProgress }), { code: 'cancelled' });
    assert.equal(asked.length, 1 + 2 * 3 + 1);
  }); // prettier-ignore
});

import assert from 'node:assert/strict';
import type { AttentionModel } from '../../../../src/attention/model';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { ModelStore } from '../../../../src/engine/scheduling/modelStore';
import { runtimeVersion } from '../../../../src/engine/runtime/version';
import type { OpenModel } from '../../../../src/engine/server/openModel';
import type { CompleteParams, CompleteResult, EngineMessage } from '../../../../src/ipc/engine/protocol';
import type { GenerateResult } from '../../../../src/ipc/engine/messages/generate';
import { EngineServer } from '../../../../src/engine/server/server';
import type { Step } from '../../../../src/common/step';

const params: CompleteParams = {
  model: '/model',
  path: 'a.ts',
  context: [],
  prefix: '',
  suffix: '',
  mode: 'line',
  maxTokens: 3,
};

const resultOf = (text: string): CompleteResult => ({
  text,
  tokens: [],
  promptIds: new Int32Array(),
  logprob: 0,
  confidence: 1,
  finish: 'length',
  timings: { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 },
});

const writtenOf = (text: string): GenerateResult => {
  const { tokens, promptIds, finish, timings } = resultOf(text);
  return { text, tokens, promptIds, cut: false, finish, timings };
};

/** Writes `a`, `b`, `c`, …, `maxTokens` letters, one a step. */
async function spell(maxTokens: number, step: Step, onText: (text: string) => void): Promise<string> {
  let text = '';
  for (let index = 0; index < maxTokens; index++) {
    await step();
    text += String.fromCharCode(97 + index);
    onText(text.at(-1) ?? '');
  }
  return text;
}

const openModel = (path: string): OpenModel => ({
  path,
  info: {
    name: 'speller',
    role: 'decoder',
    contextLength: 9,
    vocabularySize: 26,
    fillsInTheMiddle: false,
    prompts: ['text'],
    loadMs: 1,
  },
  tokenizer: {
    encodeWithRanges: (text) => ({ ids: new Int32Array(text.length), ranges: new Uint32Array(2 * text.length) }),
  },
  completion: { complete: async ({ maxTokens }, step, onText) => resultOf(await spell(maxTokens, step, onText)) },
  writer: {
    prompts: ['text'],
    generate: async ({ maxTokens }, step, onText) => writtenOf(await spell(maxTokens, step, onText)),
  },
});

/** A server whose messages are kept, and a way to wait for the end of a request. */
function serverWith(open: (path: string) => Promise<OpenModel>) {
  const sent: EngineMessage[] = [];
  const models = new ModelStore(open, (active) => sent.push({ kind: 'loading', active }));
  const attention = new ModelStore<AttentionModel>(
    () => Promise.reject(new EngineError('modelMissing', 'not here')),
    () => undefined,
  );
  const server = new EngineServer({ models, attention, threads: 2, send: (message) => sent.push(message) });
  const end = async (id: number) => {
    for (;;) {
      const message = sent.find((one) => (one.kind === 'result' || one.kind === 'error') && one.id === id);
      if (message !== undefined) return message;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const streamed = (id: number) =>
    sent
      .flatMap((one) => (one.kind === 'event' && one.id === id ? [(one.value as { text: string }).text] : []))
      .join('');
  const request = (id: number, method: string, value: unknown, more = {}) => {
    server.receive({ kind: 'request', id, method, priority: 'completion', params: value, ...more });
  };
  return { server, sent, end, streamed, request };
}

describe('engine server', () => {
  const open = (path: string) => Promise.resolve(openModel(path));

  it('completes: loads the model, streams and answers', async () => {
    const { sent, end, streamed, request } = serverWith(open);
    request(1, 'complete', params);
    assert.deepEqual(await end(1), { kind: 'result', id: 1, value: resultOf('abc') });
    assert.equal(streamed(1), 'abc');
    assert.deepEqual(sent.slice(0, 3), [
      { kind: 'started', id: 1 },
      { kind: 'loading', active: true },
      { kind: 'loading', active: false },
    ]);
  });

  it('generates text: streams and answers', async () => {
    const { end, streamed, request } = serverWith(open);
    request(1, 'generate', { model: '/model', prompt: { kind: 'text', text: 'spell' }, maxTokens: 4 });
    assert.deepEqual(await end(1), { kind: 'result', id: 1, value: writtenOf('abcd') });
    assert.equal(streamed(1), 'abcd');
  });

  it('loads, tokenizes and tells its status', async () => {
    const { end, request } = serverWith(open);
    request(1, 'load', { model: '/model' });
    request(2, 'tokenize', { model: '/model', text: 'ab' });
    assert.deepEqual(await end(1), { kind: 'result', id: 1, value: openModel('/model').info });
    assert.deepEqual(await end(2), {
      kind: 'result',
      id: 2,
      value: { ids: new Int32Array(2), ranges: new Uint32Array(4) },
    });
    request(3, 'status', {});
    const status = await end(3);
    assert.ok(status.kind === 'result');
    const { residentBytes, ...rest } = status.value as { residentBytes: number };
    assert.deepEqual(rest, { models: ['/model'], threads: 2, accelerators: [], runtime: runtimeVersion() });
    assert.ok(residentBytes > 0);
  });

  it('embeds with an encoder only, and says of work nobody waits for whether somebody is at work', async () => {
    const asked: (boolean | undefined)[] = [];
    const encoder: OpenModel['encoder'] = {
      async embed({ texts, busy }, step) {
        await step();
        asked.push(busy?.());
        return { vectors: new Float32Array(2 * texts.length), dimension: 2, tokens: texts.length, truncated: 0 };
      },
    };
    const { completion: _, writer: __, ...other } = openModel('/encoder');
    const { end, request } = serverWith((path) =>
      Promise.resolve(path.endsWith('encoder') ? { ...other, path, encoder } : openModel(path)),
    );
    const embedding = { model: '/encoder', kind: 'document', texts: ['a', 'b'] };
    request(1, 'embed', embedding, { priority: 'index' });
    assert.deepEqual(await end(1), {
      kind: 'result',
      id: 1,
      value: { vectors: new Float32Array(4), dimension: 2, tokens: 2, truncated: 0 },
    });
    request(2, 'embed', embedding, { priority: 'inspect' });
    await end(2);
    request(3, 'embed', embedding, { priority: 'index' });
    await end(3);
    assert.deepEqual(asked, [false, undefined, true]);

    request(4, 'complete', { ...params, model: '/encoder' });
    request(5, 'embed', { ...embedding, model: '/decoder' });
    for (const [id, wanted] of [
      [4, /not a decoder.*; choose/],
      [5, /not an encoder.*; choose/],
    ] as const) {
      const message = await end(id);
      assert.ok(
        message.kind === 'error' && message.error.code === 'modelInvalid' && wanted.test(message.error.message),
      );
    }
    request(6, 'embed', { ...embedding, texts: Array<string>(10_000).fill('') });
    const message = await end(6);
    assert.ok(message.kind === 'error' && message.error.code === 'invalid');
  });

  it('opens a folder once for all who ask', async () => {
    let openings = 0;
    const { end, request } = serverWith(async (path) => {
      openings++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return openModel(path);
    });
    for (const id of [1, 2, 3]) request(id, 'load', { model: id === 3 ? '/model/' : '/model' });
    await Promise.all([1, 2, 3].map(end));
    assert.equal(openings, 1);
  });

  it('says why a folder cannot be opened, and tries again at the next request', async () => {
    let broken = true;
    const { end, request } = serverWith((path) =>
      broken
        ? Promise.reject(new EngineError('modelInvalid', 'model.onnx is truncated.'))
        : Promise.resolve(openModel(path)),
    );
    request(1, 'complete', params);
    assert.deepEqual(await end(1), {
      kind: 'error',
      id: 1,
      error: { code: 'modelInvalid', message: 'model.onnx is truncated.' },
    });
    broken = false;
    request(2, 'complete', params);
    assert.equal((await end(2)).kind, 'result');
  });

  it('lets a more urgent request in between', async () => {
    const { sent, end, streamed, request } = serverWith(open);
    request(1, 'complete', { ...params, maxTokens: 26 }, { priority: 'summarize' });
    while (streamed(1).length < 5) await new Promise((resolve) => setImmediate(resolve));
    request(2, 'complete', params);
    assert.deepEqual(await Promise.all([end(1), end(2)]), [
      { kind: 'result', id: 1, value: resultOf('abcdefghijklmnopqrstuvwxyz') },
      { kind: 'result', id: 2, value: resultOf('abc') },
    ]);
    assert.deepEqual(
      sent.flatMap((message) => (message.kind === 'result' ? [message.id] : [])),
      [2, 1],
    );
    assert.equal(streamed(1), 'abcdefghijklmnopqrstuvwxyz');
  });

  it('cancels between two steps', async () => {
    const { server, end, streamed, request } = serverWith(open);
    request(1, 'complete', { ...params, maxTokens: 1e9 });
    while (streamed(1).length < 3) await new Promise((resolve) => setImmediate(resolve));
    server.receive({ kind: 'cancel', id: 1 });
    const answer = await end(1);
    assert.ok(answer.kind === 'error' && answer.error.code === 'cancelled');
  });

  it('writes one token more at most once it is cancelled', async () => {
    const { server, end, streamed, request } = serverWith(open);
    request(
      1,
      'generate',
      { model: '/model', prompt: { kind: 'text', text: 'spell' }, maxTokens: 1e9 },
      { priority: 'summarize' },
    );
    while (streamed(1).length < 3) await new Promise((resolve) => setImmediate(resolve));
    const written = streamed(1).length;
    server.receive({ kind: 'cancel', id: 1 });
    const answer = await end(1);
    assert.ok(answer.kind === 'error' && answer.error.code === 'cancelled');
    assert.ok(streamed(1).length <= written + 1);
  });

  it('ends a request at its deadline, also while its model is being opened', async () => {
    const { end, request } = serverWith(() => new Promise(() => undefined));
    request(1, 'complete', params, { deadlineMs: 5 });
    const answer = await end(1);
    assert.ok(answer.kind === 'error' && answer.error.code === 'deadline');
  });

  for (const [what, message, id] of [
    ['an unknown method', { kind: 'request', id: 4, method: 'format', priority: 'completion', params: {} }, 4],
    [
      'wrong parameters',
      { kind: 'request', id: 5, method: 'complete', priority: 'completion', params: { text: 'secret' } },
      5,
    ],
    ['an unknown kind with an id', { kind: 'order', id: 6 }, 6],
    ['text', 'secret', undefined],
    ['nothing', undefined, undefined],
    ['an id that is none', { kind: 'request', id: 'secret' }, undefined],
  ] as const) {
    it(`refuses ${what}, with one line in the log and a reply where there is an id`, async () => {
      const { server, sent, end, request } = serverWith(open);
      server.receive(message);
      if (id !== undefined) {
        const answer = await end(id);
        assert.ok(answer.kind === 'error' && answer.error.code === 'invalid');
      }
      const lines = sent.filter((one) => one.kind === 'log');
      assert.equal(lines.length, 1);
      assert.doesNotMatch(JSON.stringify(sent), /secret/);
      request(9, 'complete', params);
      assert.equal((await end(9)).kind, 'result');
    });
  }

  it('answers with a reason when something unexpected is thrown', async () => {
    const { end, request } = serverWith(() => Promise.reject(new TypeError('x is not a function')));
    request(1, 'load', { model: '/model' });
    const answer = await end(1);
    assert.ok(answer.kind === 'error' && answer.error.code === 'runtime');
    assert.match(answer.error.message, /x is not a function/);
  });
});

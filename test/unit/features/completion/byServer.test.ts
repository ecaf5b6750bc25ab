import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompletionByServer } from '../../../../src/features/completion/byServer';
import type { AskedServer } from '../../../../src/features/completion/byServer';
import type { Completes } from '../../../../src/features/completion/completes';
import { UserServer } from '../../../../src/host/servers/userServer';
import type { ReadyServer } from '../../../../src/host/servers/userServer';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { CompleteParams, CompleteResult } from '../../../../src/ipc/engine/protocol';
import { ServerError } from '../../../../src/servers/errors';
import { HttpClient } from '../../../../src/servers/http/client';
import type { ServerClient } from '../../../../src/servers/serverClient';
import { byEngine } from '../../../../src/features/completion/completes';
import { engineOf, oneOf, runSequences, words } from '../../../bench/sequences/sequences';
import type { Random } from '../../../bench/sequences/sequences';
import { startFakeServer } from '../../../support/fakeServer';
import type { FakeKind, FakeServer } from '../../../support/fakeServer';

const timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 };
const written = (text: string): CompleteResult => ({ text, tokens: [], logprob: 0, confidence: 0.5, finish: 'stop', promptIds: new Int32Array(), timings }); // prettier-ignore
const params: CompleteParams = { model: '/model', path: 'a.ts', context: [], prefix: 'let sum = ', suffix: '\n', mode: 'line', maxTokens: 48 }; // prettier-ignore
const options = { priority: 'completion' } as const;

/** The local model, with what it was asked. */
class Local implements Completes {
  readonly asked: CompleteParams[] = [];
  read = 0;
  failure: Error | undefined;
  copy = '';

  complete(asked: CompleteParams): Promise<{ result: CompleteResult }> {
    this.asked.push(asked);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve({ result: written(asked.copiesOnly ? this.copy : 'mine;') });
  }

  readIn(): Promise<void> {
    this.read++;
    return Promise.resolve();
  }
}

describe('completion by a server', () => {
  let fake: FakeServer;
  let server: UserServer;
  let local: Local;
  let completion: CompletionByServer;
  /** Called in place of a timer that says that the server is late. */
  let late: () => void;

  async function open(kind: FakeKind = 'llama.cpp'): Promise<void> {
    fake = await startFakeServer(kind);
    const http = new HttpClient({ address: fake.address });
    server = new UserServer('completion', { address: fake.address.origin }, http, () => undefined);
    local = new Local();
    late = () => assert.fail('No timer was set.');
    completion = new CompletionByServer(server, local, undefined, {
      after: (_ms, callback) => {
        late = callback;
        return () => undefined;
      },
    });
  }
  const asked = (path: string): number => fake.seen.filter((one) => one.path === path).length;

  beforeEach(() => open());
  afterEach(async () => {
    completion.dispose();
    server.dispose();
    await fake.close();
  });

  it('is the server’s, with what it says of each token, and the local model is left alone', async () => {
    let heard = '';
    const answer = await completion.complete(params, { ...options, onEvent: ({ text }) => (heard += text) });
    assert.equal(answer.result.text, 'a + b;');
    assert.equal(heard, 'a + b;');
    assert.equal(answer.server?.origin, fake.address.origin);
    assert.equal(answer.server.model, 'qwen2.5-coder-1.5b.gguf');
    assert.equal(answer.server.tokens.length, 4);
    assert.equal(local.asked.length, 0);
    assert.equal(server.known?.kind, 'llama.cpp');
    await completion.complete(params, options);
    assert.equal(asked('/props'), 1, 'What a server is, it is asked once.');
  });

  it('is the local model’s where the server hangs, fails, or is gone, and says so once', async () => {
    const changes: unknown[] = [];
    const report = server.changed.bind(server);
    server.changed = (change) => {
      changes.push(change);
      report(change);
    };
    await completion.complete(params, options);
    fake.behaviour = { hangs: true };
    const hanging = completion.complete(params, options);
    while (asked('/infill') < 2) await sleep(5);
    late();
    const answer = await hanging;
    assert.deepEqual([answer.result.text, answer.server], ['mine;', undefined]);
    fake.behaviour = { status: 500 };
    for (let request = 0; request < 3; request++)
      assert.equal((await completion.complete(params, options)).result.text, 'mine;');
    assert.equal(changes.length, 1);
    assert.match(server.left ?? '', /^The server at http:\/\/127\.0\.0\.1:\d+ /);
    assert.equal(asked('/infill'), 3, 'A server that failed is left alone.');
  });

  it('is the local model’s where the server was never there', async () => {
    await fake.close();
    assert.equal((await completion.complete(params, options)).result.text, 'mine;');
    fake = await startFakeServer('vllm');
  });

  it('fails as the local model does where neither answers, and is cancelled with its signal', async () => {
    fake.behaviour = { status: 503 };
    local.failure = new EngineError('runtime', 'It has no memory left.');
    await assert.rejects(completion.complete(params, options), local.failure);
    const signal = AbortSignal.abort();
    await assert.rejects(completion.complete(params, { ...options, signal }), { code: 'cancelled' });
  });

  it('is a copy from near by where one is surely meant, and then nothing is sent', async () => {
    local.copy = 'copied;';
    const near = { ...params, neighbours: [] };
    assert.equal((await completion.complete(near, options)).result.text, 'copied;');
    assert.equal(fake.seen.length, 0);
    local.copy = '';
    assert.equal((await completion.complete(near, options)).result.text, 'a + b;');
    assert.equal(
      local.asked.every(({ copiesOnly }) => copiesOnly === true),
      true,
    );
  });

  it('is asked for ahead only where the server has room for it, and the local model reads along', async () => {
    const ahead = { priority: 'ahead', signal: new AbortController().signal } as const;
    assert.equal((await completion.complete(params, ahead)).server?.tokens.length, 4);
    await completion.readIn(params, ahead);
    assert.equal(local.read, 1);
    assert.deepEqual((fake.seen.at(-1)?.body as { n_predict: number }).n_predict, 0);
    await fake.close();
    server.dispose();
    await open('ollama');
    await assert.rejects(completion.complete(params, ahead), { code: 'cancelled' });
    await completion.readIn(params, ahead);
    assert.equal(asked('/api/generate'), 0);
  });

  /** A server that serves several, by what stands in for its client. */
  const serverOf = (client: Pick<ServerClient, 'fill' | 'warmUp'>): AskedServer => {
    const model = { name: 'm', fill: 'infill' };
    const ready = { client, model, kind: 'llama.cpp', servesSeveral: true } as ReadyServer;
    return { origin: fake.address.origin, isLoopback: true, ready: () => Promise.resolve(ready), changed: () => undefined }; // prettier-ignore
  };

  it('sends less of the text where the server reads slowly, and reads in ahead what will be sent', async () => {
    const sent: string[] = [];
    const slow = serverOf({
      fill: async ({ prefix }, options) => {
        sent.push(prefix);
        await sleep(200);
        options?.onText?.('a;');
        return { text: 'a;', tokens: [], finish: 'stop', usage: { promptTokens: 64, cachedTokens: 0 } };
      },
      warmUp: ({ prefix }) => Promise.resolve(void sent.push(prefix)),
    });
    const one = new CompletionByServer(slow, local, undefined, { after: () => () => undefined });
    const long = { ...params, prefix: `${'x'.repeat(79)}\n`.repeat(100), maxPromptTokens: 2_048 };
    await one.complete(long, options);
    await one.complete(long, options);
    await one.readIn(long, { priority: 'ahead' });
    one.dispose();
    const [first = '', second = '', third] = sent;
    assert.ok(first.length > 1_024 && first.length < 2_560, `${first.length} of 1,024 tokens`);
    assert.ok(second.length < 640, `${second.length} of 256 tokens`);
    assert.equal(third, second);
  });

  it('sends less of the text where the server has no answer while it is waited for, and tells nothing', async () => {
    for (const speaks of [false, true]) {
      const sent: string[] = [];
      const slow = serverOf({
        fill: async ({ prefix }, options) => {
          sent.push(prefix);
          await sleep(700);
          if (speaks) {
            options?.onText?.('a;');
            return { text: 'a;', tokens: [], finish: 'stop', usage: {} };
          }
          throw new ServerError('cancelled', 'No longer wanted.');
        },
        warmUp: () => Promise.resolve(),
      });
      const one = new CompletionByServer(slow, local, undefined, { after: () => () => undefined });
      const long = { ...params, prefix: `${'x'.repeat(79)}\n`.repeat(100) };
      for (let key = 0; key < 2; key++) await one.complete(long, options).catch(() => undefined);
      one.dispose();
      const [first = '', second = ''] = sent;
      assert.ok(first.length > 1_024 && second.length < first.length / 2, `${first.length}, ${second.length}`);
    }
  });

  it('takes no more of the text than the model has room for, from a start that seldom moves', async () => {
    const line = `${'x'.repeat(79)}\n`;
    const long = { ...params, prefix: line.repeat(400), suffix: line.repeat(100) };
    await completion.complete(long, options);
    await completion.complete({ ...long, prefix: `${long.prefix}let a = ` }, options);
    const [first, second] = fake.seen.flatMap(
      ({ body }) => (body as { input_prefix?: string } | undefined)?.input_prefix ?? [],
    );
    assert.ok(first !== undefined && second === first && first.startsWith('x') && first.length < 4_096 * 2.5);
    assert.ok(long.prefix.endsWith(first));
  });

  it('is never of a place left behind, in ten thousand sequences with a slow, lying, out-of-order server', async function () {
    this.timeout(300_000);
    let [written, fallbacks] = [0, 0];
    const { faults, suggestions, steps } = await runSequences(
      10_000,
      (random) => {
        const engine = byEngine(engineOf(random));
        const counted: Completes = {
          complete: (...one) => (fallbacks++, engine.complete(...one)),
          readIn: (...one) => engine.readIn(...one),
        };
        // Time passes twenty times as fast for the policy.
        const after = (ms: number, callback: () => void) => {
          const timer = setTimeout(callback, ms / 20);
          return () => clearTimeout(timer);
        };
        const now = () => performance.now() * 20;
        const server = unreliable(random, () => written++);
        return new CompletionByServer(server, counted, undefined, { after, now, random });
      },
      10_000,
    );
    assert.deepEqual(faults, []);
    assert.ok(steps === 50_000 && suggestions > 10_000, `${suggestions} suggestions`);
    assert.ok(written > 10_000 && fallbacks > 5_000, `${written} by the server, ${fallbacks} asked of the local model`);
  });
});

/** A server that is slow, stops in the middle, fails, writes on after it was cancelled, and says what was not asked for. */
function unreliable(random: Random, onWritten: () => void): AskedServer {
  const fill: ServerClient['fill'] = async (_request, options) => {
    const { signal, onText, until } = options ?? {};
    await sleep(Math.floor(random() * 40));
    const fate = random();
    if (fate < 0.05) throw new ServerError('failed', 'The server failed.');
    if (fate < 0.08) throw new ServerError('busy', 'The server is busy.', 100);
    if (fate < 0.12) await sleep(300);
    const listens = random() < 0.5;
    let text = '';
    for (let piece = 0; piece < 4; piece++) {
      if (listens && signal?.aborted === true) throw new ServerError('cancelled', 'No longer wanted.');
      const said = oneOf(random, words);
      text += said;
      onText?.(said);
      if (until?.(text)) break;
      await sleep(Math.floor(random() * 10));
    }
    onWritten();
    const tokens = random() < 0.5 ? [] : [{ text, logprob: -random() / 2, likeliest: [] }];
    return { text, tokens, finish: 'stop', usage: {} };
  };
  const client = { fill, warmUp: () => Promise.resolve() } as Partial<ServerClient> as ServerClient;
  const ready: ReadyServer = { client, model: { name: 'm', fill: 'infill' }, kind: 'llama.cpp', servesSeveral: true };
  return {
    origin: 'http://127.0.0.1:8080',
    isLoopback: true,
    ready: () =>
      random() < 0.02 ? Promise.reject(new ServerError('unreachable', 'It is gone.')) : Promise.resolve(ready),
    changed: () => undefined,
  };
}

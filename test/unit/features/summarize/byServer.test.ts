import assert from 'node:assert/strict';
import { SummariesByServer } from '../../../../src/features/summarize/byServer';
import { plainText } from '../../../../src/features/summarize/present';
import { Summarizer } from '../../../../src/features/summarize/summarizer';
import type { Summary } from '../../../../src/features/summarize/summary';
import { UserServer } from '../../../../src/host/servers/userServer';
import { HttpClient } from '../../../../src/servers/http/client';
import { startFakeServer } from '../../../support/fakeServer';
import type { FakeServer } from '../../../support/fakeServer';
import { grammars } from '../../../support/grammars';
import { FakeWriter } from './fakeWriter';

const text = 'function add(a: number, b: number): number {\n  return a + b;\n}\n';
const request = { text, path: 'a.ts', selection: { start: 0, end: text.length }, mode: 'sentence', model: '/m', attempt: 0 } as const; // prettier-ignore

describe('summaries by a server', () => {
  let fake: FakeServer;
  let server: UserServer;
  let summarizer: Summarizer;
  let changes: unknown[];
  let now: number;

  beforeEach(async () => {
    fake = await startFakeServer('llama.cpp', {
      tokens: ['Adds', ' two', ' numbers', '.', ' It', ' is', ' fast', '.'],
    });
    const http = new HttpClient({ address: fake.address });
    server = new UserServer('summaries', { address: fake.address.origin }, http, () => undefined);
    changes = [];
    const report = server.changed.bind(server);
    server.changed = (change) => {
      changes.push(change);
      report(change);
    };
    now = 0;
    summarizer = new Summarizer(new FakeWriter(() => 'Adds on this machine.'), grammars);
    summarizer.use((local) => new SummariesByServer(server, local, () => now, () => 1)); // prettier-ignore
  });
  afterEach(async () => {
    server.dispose();
    await fake.close();
  });
  const ask = async (attempt = 0): Promise<Summary> => {
    const summary = await summarizer.summarize({ ...request, attempt }, () => undefined);
    assert.ok(typeof summary === 'object');
    return summary;
  };
  const asked = (): number => fake.seen.filter(({ path }) => path === '/v1/chat/completions').length;

  it('are asked for in a conversation, end where they are to end, and promise no attention', async () => {
    const summary = await ask();
    assert.equal(plainText(summary).split('\n')[0], 'Adds two numbers.');
    assert.equal(summary.main?.evidence, undefined);
    const { messages, max_tokens } = fake.seen.at(-1)?.body as { messages: { content: string }[]; max_tokens: number };
    assert.match(messages.at(-1)?.content ?? '', /return a \+ b/);
    assert.equal(max_tokens, 64);
    assert.equal(asked(), 1);
    await ask();
    assert.equal(asked(), 1, 'An answer is remembered.');
    await ask(1);
    assert.equal((fake.seen.at(-1)?.body as { temperature: number }).temperature, 0.7, 'Another one is drawn.');
  });

  it('are the local model’s where the server fails, which is told once, and the server’s again when it is well', async () => {
    await server.ready();
    fake.behaviour = { status: 500 };
    for (const attempt of [0, 1]) assert.match(plainText(await ask(attempt)), /^Adds on this machine\./);
    assert.equal(asked(), 1, 'A server that failed is left alone.');
    assert.equal(changes.length, 1);
    fake.behaviour = { tokens: ['Sums', ' up', '.'] };
    now = 2_000;
    assert.match(plainText(await ask(2)), /^Sums up\./);
    assert.deepEqual(changes.slice(1), ['back']);
  });

  it('are stopped with their signal', async () => {
    fake.behaviour = { tokens: ['Adds', ' two', ' numbers'], hangsAfter: 2 };
    const controller = new AbortController();
    let last: Summary | undefined;
    const summary = await summarizer.summarize(
      request,
      (one) => {
        last = one;
        if (one.main !== undefined) controller.abort();
      },
      controller.signal,
    );
    assert.equal(typeof summary === 'object' && summary.state, 'stopped');
    assert.match(last?.main?.text ?? '', /^Adds/);
    assert.deepEqual(changes, []);
  });
});

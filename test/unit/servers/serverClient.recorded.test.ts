import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerError } from '../../../src/servers/errors';
import { HttpClient } from '../../../src/servers/http/client';
import { probeServer } from '../../../src/servers/probe';
import { ServerClient } from '../../../src/servers/serverClient';
import { startFakeServer } from '../../support/fakeServer';
import type { FakeServer } from '../../support/fakeServer';
import { root } from '../../support/paths';

/** What a program itself answered; `test/fixtures/servers/record.mjs` says to what. */
function recorded(
  name: string,
  program = 'llamaCpp',
): { readonly status: number; readonly type: string; readonly body: string } {
  const text = readFileSync(join(root, 'test/fixtures/servers', program, name), 'utf8');
  const end = text.indexOf('\n');
  const [status = '', ...type] = text.slice(0, end).split(' ');
  return { status: Number(status), type: type.join(' '), body: text.slice(end + 1) };
}

const files: Readonly<Record<string, string>> = {
  '/props': 'props',
  '/v1/models': 'models',
  '/api/tags': 'tags',
  '/infill': 'infill',
  '/v1/completions': 'completions',
  '/v1/chat/completions': 'chat',
  '/v1/embeddings': 'embeddings',
};
const request = { path: 'a.ts', context: [], prefix: 'return ', suffix: '\n', maxTokens: 4, stop: [], likeliest: 2 };
const eventsOf = (body: string): Record<string, unknown>[] =>
  [...body.matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json) as Record<string, unknown>);

describe('servers/serverClient, given what llama.cpp answered', () => {
  let server: FakeServer;
  let http: HttpClient;
  const play = (names = files): void => {
    server.behaviour = {
      raw: (response, { url = '' }) => {
        const { status, type, body } = recorded(names[url] ?? 'tags');
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      },
    };
  };
  before(async () => {
    server = await startFakeServer('llama.cpp');
    http = new HttpClient({ address: server.address });
  });
  beforeEach(() => play());
  after(async () => {
    http.dispose();
    await server.close();
  });

  it('knows the program and its model', async () => {
    assert.deepEqual(await probeServer(http), {
      kind: 'llama.cpp',
      slots: 2,
      models: [{ name: 'SmolLM2-135M-Instruct.Q4_1.gguf', fill: 'infill', contextLength: 2_048 }],
    });
  });

  for (const [fill, ending] of [
    ['infill', 'stop'],
    ['completions', 'length'],
  ] as const) {
    it(`reads a text and its probabilities by ${fill}`, async () => {
      const client = new ServerClient(http, { name: 'm', fill, spelling: 'qwen' });
      const { text, tokens, finish, usage } = await client.fill(request);
      const events = eventsOf(recorded(fill).body);
      const sent = events.map(
        (event) => (event.content as string | undefined) ?? (event.choices as { text: string }[])[0]?.text,
      );
      assert.equal(text, sent.join(''));
      assert.equal(tokens.length, 4);
      assert.ok(tokens.every(({ logprob = 1, likeliest }) => logprob < 0 && likeliest.length === 2));
      assert.deepEqual([finish, usage.writtenTokens], [ending, 4]);
      assert.ok((usage.promptTokens ?? 0) > 4);
    });
  }

  it('reads a conversation', async () => {
    const messages = [{ role: 'user', content: 'a' }] as const;
    const { text, tokens } = await new ServerClient(http, { name: 'm' }).chat({ messages, maxTokens: 4, stop: [] });
    assert.ok(text.length > 4);
    assert.equal(tokens.map((token) => token.text).join(''), text);
  });

  it('reads vectors, and the refusal of a server that makes none', async () => {
    const client = new ServerClient(http, { name: 'm' });
    const { vectors, dimension, tokens } = await client.embed(['a', 'b']);
    assert.deepEqual([vectors.length, dimension, tokens], [1_152, 576, 2]);
    play({ '/v1/embeddings': 'noEmbeddings' });
    await assert.rejects(client.embed(['a', 'b']), (error: ServerError) => error.code === 'unsupported');
  });

  it('is what the fake server of the other tests looks like', async () => {
    server.behaviour = {};
    for (const [fill, file] of [
      ['infill', 'infill'],
      ['completions', 'completions'],
    ] as const) {
      const real = new Set(eventsOf(recorded(file).body).flatMap((event) => Object.keys(event)));
      const { path, body } = {
        path: fill === 'infill' ? '/infill' : '/v1/completions',
        body: { stream: true, n_probs: 1 },
      };
      const response = await fetch(server.address.origin + path, { method: 'POST', body: JSON.stringify(body) });
      for (const event of eventsOf(await response.text()))
        assert.deepEqual(
          Object.keys(event).filter((key) => !real.has(key)),
          [],
        );
    }
  });
});

describe('servers/serverClient, given what `transformers serve` answered', () => {
  let server: FakeServer;
  let http: HttpClient;
  before(async () => {
    server = await startFakeServer('vllm', {
      raw: (response, { url = '' }) => {
        const name = url === '/v1/embeddings' ? 'noEmbeddings' : (files[url] ?? 'props');
        const { status, type, body } = recorded(name === 'infill' ? 'props' : name, 'transformers');
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      },
    });
    http = new HttpClient({ address: server.address });
  });
  after(async () => {
    http.dispose();
    await server.close();
  });

  it('knows that it speaks the protocol of OpenAI, and which model it has', async () => {
    const { kind, models } = await probeServer(http);
    assert.deepEqual([kind, models], ['OpenAI-compatible', [{ name: 'SmolLM2-135M-Instruct' }]]);
  });

  it('reads a text that comes without probabilities', async () => {
    const { text, tokens, finish, usage } = await new ServerClient(http, { name: 'm', fill: 'completions' }).fill(request); // prettier-ignore
    assert.deepEqual([text, tokens, finish], ['10 + a', [], 'length']);
    assert.deepEqual(usage, { promptTokens: 17, writtenTokens: 4 });
  });

  it('reads a conversation, and the refusal of vectors', async () => {
    const client = new ServerClient(http, { name: 'm' });
    const messages = [{ role: 'user', content: 'a' }] as const;
    const { text, finish } = await client.chat({ messages, maxTokens: 4, stop: [] });
    assert.deepEqual([text, finish], ['The `return a', 'length']);
    await assert.rejects(client.embed(['a']), (error: ServerError) => error.code === 'unsupported');
  });
});

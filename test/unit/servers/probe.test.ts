import assert from 'node:assert/strict';
import type { ServerError } from '../../../src/servers/errors';
import type { HttpClient } from '../../../src/servers/http/client';
import { probeOllamaModel, probeServer } from '../../../src/servers/probe';
import type { Behaviour, FakeServer } from '../../support/fakeServer';
import { useFakeServer } from '../../support/useFakeServer';

describe('servers/probe', () => {
  let server: FakeServer;
  let http: HttpClient;
  const start = useFakeServer((served) => ({ server, http } = served));

  it('knows llama.cpp, though it answers a question of others, too', async () => {
    await start('llama.cpp');
    assert.deepEqual(await probeServer(http), {
      kind: 'llama.cpp',
      slots: 4,
      models: [{ name: 'qwen2.5-coder-1.5b.gguf', fill: 'infill', contextLength: 4_096 }],
    });
    // Only questions, none with a text.
    assert.deepEqual(server.seen.map(({ method, path, body }) => [method, path, body]).sort(), [
      ['GET', '/api/tags', undefined],
      ['GET', '/props', undefined],
      ['GET', '/v1/models', undefined],
    ]);
  });

  it('knows Ollama, and asks it what a model can do', async () => {
    await start('ollama');
    const { kind, models } = await probeServer(http);
    assert.equal(kind, 'Ollama');
    assert.deepEqual(models, [
      { name: 'qwen2.5-coder:1.5b', fill: 'generate', spelling: 'qwen' },
      { name: 'nomic-embed-text:latest' },
    ]);
    assert.deepEqual(await probeOllamaModel(http, 'qwen2.5-coder:1.5b'), {
      name: 'qwen2.5-coder:1.5b',
      embeds: false,
      contextLength: 32_768,
      fill: 'generate',
    });
  });

  it('knows vLLM by whom its models belong to', async () => {
    await start('vllm');
    assert.deepEqual(await probeServer(http), {
      kind: 'vLLM',
      models: [{ name: 'Qwen/Qwen2.5-Coder-7B', fill: 'completions', spelling: 'qwen', contextLength: 16_384 }],
    });
  });

  const answer = (value: unknown): Behaviour => ({
    raw: (response, request) => {
      const known = request.url === '/v1/models';
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ? value : {}));
    },
  });

  it('leaves out names that cannot be shown or sent back, and lists a bounded number', async () => {
    const names = ['good', '', 'a\u0000b', 'a\nb', '\u202egood', '\ud800', 'a'.repeat(10_000)];
    const many = Array.from({ length: 5_000 }, (_, at) => `m${at}`);
    await start('vllm', answer({ data: [...names, ...many].map((id) => ({ id })) }));
    const { kind, models } = await probeServer(http);
    assert.equal(kind, 'OpenAI-compatible');
    assert.deepEqual([models[0]?.name, models[1]?.name, models.length], ['good', 'm0', 200]);
  });

  const others: readonly (readonly [string, Behaviour, ServerError['code']])[] = [
    ['a server of something else', answer({ hello: 'world' }), 'invalid'],
    ['a server that wants a key', { status: 401 }, 'unauthorized'],
    ['a server that sends on', { status: 302, headers: { location: 'https://elsewhere.example' } }, 'redirected'],
    ['a server that has none of the endpoints', { status: 404 }, 'invalid'],
  ];
  for (const [name, behaviour, code] of others) {
    it(`refuses ${name} as ${code}`, async () => {
      await start('vllm', behaviour);
      await assert.rejects(probeServer(http), (error: ServerError) => error.code === code);
    });
  }
});

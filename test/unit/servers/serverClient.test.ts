import assert from 'node:assert/strict';
import type { ServerError } from '../../../src/servers/errors';
import { HttpClient } from '../../../src/servers/http/client';
import type { ServerModel } from '../../../src/servers/probe';
import { ServerClient } from '../../../src/servers/serverClient';
import { startFakeServer } from '../../support/fakeServer';
import type { FakeKind, FakeServer } from '../../support/fakeServer';

const request = { path: 'a.ts', context: [], prefix: 'return ', suffix: '\n', maxTokens: 9, stop: [] };

describe('servers/serverClient', () => {
  let server: FakeServer;
  let client: ServerClient;
  const start = async (kind: FakeKind, model: Partial<ServerModel> = {}): Promise<void> => {
    server = await startFakeServer(kind);
    client = new ServerClient(new HttpClient({ address: server.address }), { name: 'm', ...model });
  };
  afterEach(async () => {
    client.dispose();
    await server.close();
  });

  it('asks as the model is to be asked', async () => {
    await start('vllm', { fill: 'completions', spelling: 'deepSeek' });
    assert.equal((await client.fill(request)).text, 'a + b;');
    const { model, prompt } = server.seen[0]!.body as Record<string, unknown>;
    assert.deepEqual([model, prompt], ['m', '<｜fim▁begin｜>return <｜fim▁hole｜>\n<｜fim▁end｜>']);
  });

  it('lets no secret out', async () => {
    await start('llama.cpp', { fill: 'infill' });
    const key = ['AKIA', 'Q3EXGZ7PLMN5TRWS'].join('');
    const prefix = `const id = '${key}';\nreturn `;
    await client.fill({ ...request, prefix });
    await client.chat({ messages: [{ role: 'user', content: prefix }], maxTokens: 9, stop: [] });
    await client.embed([prefix]);
    await client.warmUp({ ...request, prefix });
    assert.equal(server.seen.length, 4);
    assert.ok(!JSON.stringify(server.seen).includes(key));
    await assert.rejects(client.fill({ ...request, path: '.env' }), /secrets/);
    assert.equal(server.seen.length, 4);
  });

  it('runs one request of a purpose, and others beside it', async () => {
    await start('llama.cpp', { fill: 'infill' });
    server.behaviour = { tokens: new Array<string>(500).fill('a'), delayMs: 5 };
    const first = client.fill(request);
    const chat = client.chat(
      { messages: [{ role: 'user', content: 'a' }], maxTokens: 9, stop: [] },
      { until: (text) => text.length > 9 },
    );
    const second = client.fill(request, { until: (text) => text.length > 9 });
    await assert.rejects(first, (error: ServerError) => error.code === 'cancelled');
    assert.deepEqual([(await second).text.length, (await chat).text.length], [10, 10]);
  });

  it('gives vectors in the order of the texts', async () => {
    await start('llama.cpp');
    const { vectors, dimension } = await client.embed(['a', 'bb']);
    assert.equal(dimension, 3);
    assert.deepEqual([vectors[1], (vectors[4] ?? 0) > 0], [0, true]);
  });

  it('warms up only where the server can do so', async () => {
    await start('ollama', { fill: 'generate' });
    await client.warmUp(request);
    assert.equal(server.seen.length, 0);
  });

  it('says that a model does not fill in the middle', async () => {
    await start('vllm');
    await assert.rejects(client.fill(request), (error: ServerError) => error.code === 'unsupported');
    assert.equal(server.seen.length, 0);
  });
});

import assert from 'node:assert/strict';
import { VectorsByServer } from '../../../../src/features/search/byServer';
import { SearchEncoder } from '../../../../src/features/search/encoder';
import { UserServer } from '../../../../src/host/servers/userServer';
import { HttpClient } from '../../../../src/servers/http/client';
import { startFakeServer } from '../../../support/fakeServer';
import type { FakeServer } from '../../../support/fakeServer';

describe('vectors by a server', () => {
  let fake: FakeServer;
  const opened: UserServer[] = [];
  const open = (model: string): UserServer => {
    const http = new HttpClient({ address: fake.address });
    const server = new UserServer('search', { address: fake.address.origin, model }, http, () => undefined);
    opened.push(server);
    return server;
  };
  const asked = (): string[][] =>
    fake.seen.flatMap(({ path, body }) => (path === '/v1/embeddings' ? [(body as { input: string[] }).input] : []));

  beforeEach(async () => {
    fake = await startFakeServer('vllm');
  });
  afterEach(async () => {
    for (const server of opened.splice(0)) server.dispose();
    await fake.close();
  });

  it('come in the order of the texts, and at most 64 at a time', async () => {
    const vectors = new VectorsByServer(open('m'));
    const texts = Array.from({ length: 130 }, (_, index) => 'x'.repeat(index));
    const got = await vectors.embed(texts, 'document', undefined);
    assert.equal(got.length, 130 * 3);
    assert.deepEqual(asked().map(({ length }) => length), [64, 64, 2]); // prettier-ignore
    assert.ok(got[129 * 3]! > got[128 * 3 + 1]!);
  });

  it('neither hold up questions nor are given up for one another', async () => {
    const vectors = new VectorsByServer(open('m'));
    const together = ['a', 'bb', 'ccc'].map((text) => vectors.embed([text], 'document', undefined));
    const question = vectors.embed(['q'], 'query', undefined);
    assert.deepEqual((await Promise.all([...together, question])).map(({ length }) => length), [3, 3, 3, 3]); // prettier-ignore
  });

  it('are known by server and model', async () => {
    const ids = await Promise.all(
      ['m', 'm', 'n'].map(async (model) => (await new VectorsByServer(open(model)).facts()).id),
    );
    assert.ok(ids[0] === ids[1] && ids[0] !== ids[2]);
  });

  it('stand in for those of the encoder while a server is named, and are never mixed with them', async () => {
    const kept = new Map<string, unknown>();
    let server: UserServer | undefined = open('m');
    let told = 0;
    const encoder = new SearchEncoder({
      engine: { request: () => Promise.reject(new Error('The engine is not asked.')) },
      server: () => server,
      folder: () => '/models/a',
      memory: { get: (key) => kept.get(key), update: (key, value) => Promise.resolve(void kept.set(key, value)) },
      log: { warn: () => undefined },
      onDidChange: () => told++,
    });
    await encoder.learn();
    assert.deepEqual([encoder.facts?.dimension, told], [3, 1]);
    assert.equal((await encoder.embed(['a', 'b'], 'document')).length, 6);
    server = undefined;
    assert.equal(encoder.facts, undefined);
    server = open('n');
    assert.equal(encoder.facts, undefined, 'Another model has other vectors.');
    await assert.rejects(encoder.embed(['a'], 'query'), /another one/);
    await encoder.learn();
    fake.behaviour = { status: 500 };
    await assert.rejects(encoder.embed(['a'], 'query'));
    assert.match(server.left ?? '', /^The server at /);
    fake.behaviour = {};
    await encoder.embed(['a'], 'query');
    assert.equal(server.left, undefined);
  });
});

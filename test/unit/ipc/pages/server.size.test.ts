import fc from 'fast-check';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { serialize } from 'node:v8';
import * as v from 'valibot';
import { HostClient } from '../../../../webview/shared/client';
import type { PageMessage } from '../../../../src/ipc/pages/protocol';
import { PageServer } from '../../../../src/ipc/pages/server';
import { maxMessageBytes, sizeOf } from '../../../../src/ipc/pages/messageSize';

describe('the size of a message', () => {
  it('is about what a structured clone of it takes, and never much less', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array({ maxLength: 200 }),
      fc.float32Array({ maxLength: 50 }),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('any'), { maxLength: 8 }),
        fc.dictionary(fc.string({ maxLength: 8 }), tie('any'), { maxKeys: 8 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (message) => {
        const [found, real] = [sizeOf(message), serialize(message).length];
        assert.ok(found >= 0.7 * real - 16 && found <= 4 * real + 16, `${found} instead of ${real}`);
      }),
      { numRuns: 400 },
    );
  });

  it('counts what is there twice once, ends in what holds itself, and stops when it is too much', () => {
    const bytes = new Uint8Array(1000);
    assert.ok(sizeOf([bytes, bytes]) < 1100);
    const ring: unknown[] = [];
    ring.push(ring);
    assert.ok(sizeOf(ring) < 20);
    assert.ok(
      sizeOf(
        Array.from({ length: 1e5 }, () => bytes.slice()),
        10_000,
      ) < 20_000,
    );
  });
});

describe('messages of more than 4 MB', () => {
  const table = {
    requests: {
      echo: { params: v.instance(Uint8Array), result: v.instance(Uint8Array) },
      grow: { params: v.number(), result: v.instance(Uint8Array) },
    },
    notifications: { said: v.string() },
    events: { news: v.string() },
  } as const;

  function line() {
    const logged: string[] = [];
    const heard: string[] = [];
    const posted: PageMessage[] = [];
    let toPage: (message: unknown) => void = () => undefined;
    const server = new PageServer<typeof table>(
      table,
      {
        requests: { echo: (bytes) => Promise.resolve(bytes), grow: (count) => Promise.resolve(new Uint8Array(count)) },
        notifications: { said: (text) => heard.push(text) },
      },
      { post: (message) => toPage(message), log: (level, message) => logged.push(`${level}: ${message}`) },
    );
    const client = new HostClient(table, {
      post: (message) => {
        posted.push(message);
        server.receive(message);
      },
      listen: (receive) => (toPage = receive),
    });
    client.on('news', (text) => heard.push(text));
    return { server, client, logged, heard, posted, toPage: (message: unknown) => toPage(message) };
  }

  it('are not sent by a page: a request fails, what is told is logged', async () => {
    const { client, posted, logged, heard } = line();
    await assert.rejects(client.request('echo', new Uint8Array(maxMessageBytes)), {
      code: 'invalid',
      message: 'Parameters of echo: more than 4 MB.',
    });
    client.notify('said', 'x'.repeat(maxMessageBytes));
    assert.deepEqual([posted.map(({ kind }) => kind), heard], [['log'], []]);
    assert.deepEqual(logged, ['error: The page says: Not sent. Notification said: more than 4 MB.']);
    assert.equal((await client.request('echo', new Uint8Array(maxMessageBytes - 1000))).length, maxMessageBytes - 1000);
  });

  it('are not sent by a host: the page is told why', async () => {
    const { client, server, logged, heard } = line();
    await assert.rejects(client.request('grow', maxMessageBytes), {
      code: 'invalid',
      message: 'Answer to grow: more than 4 MB.',
    });
    server.send('news', 'x'.repeat(maxMessageBytes));
    assert.deepEqual(heard, []);
    assert.deepEqual(logged, [
      'warn: Refused. Answer to grow: more than 4 MB.',
      'error: Not sent. Event news: more than 4 MB.',
    ]);
  });

  it('are refused and logged by both where they come all the same', async () => {
    const { server, logged, heard, toPage } = line();
    const text = 'x'.repeat(maxMessageBytes);
    server.receive({ kind: 'notification', name: 'said', value: text });
    toPage({ kind: 'event', name: 'news', value: text });
    await sleep(1);
    assert.deepEqual(heard, []);
    assert.deepEqual(logged, [
      'warn: Refused. A message of the page: more than 4 MB.',
      'warn: The page says: Refused. A message of the host: more than 4 MB.',
    ]);
  });
});

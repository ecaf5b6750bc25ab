import fc from 'fast-check';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { PageError } from '../../../../src/ipc/pages/protocol';
import type { PageHostMessage, PageMessage } from '../../../../src/ipc/pages/protocol';
import { PageServer } from '../../../../src/ipc/pages/server';
import { HostClient } from '../../../../webview/shared/client';

const protocol = {
  requests: {
    double: { params: v.number(), result: v.number() },
    wait: { params: v.strictObject({}), result: v.string() },
    bytes: { params: v.pipe(v.number(), v.integer()), result: v.instance(Uint8Array) },
  },
  notifications: { hovered: v.nullable(v.number()) },
  events: { theme: v.picklist(['dark', 'light']) },
} as const;

/** Both ends, joined by a wire that clones as `postMessage` does. */
function line() {
  const logged: string[] = [];
  const hovered: (number | null)[] = [];
  const ended: string[] = [];
  let toPage: (message: unknown) => void = () => {};
  const server = new PageServer(
    protocol,
    {
      requests: {
        double: (value) => (value < 0 ? Promise.reject(new Error('No negative numbers.')) : Promise.resolve(2 * value)),
        wait: (_, signal) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () => {
              ended.push('wait');
              resolve('too late');
            }),
          ),
        bytes: (count) => Promise.resolve(new Uint8Array(count).fill(7)),
      },
      notifications: { hovered: (value) => hovered.push(value) },
    },
    {
      post: (message: PageHostMessage) => void Promise.resolve(structuredClone(message)).then((copy) => toPage(copy)),
      log: (level, message) => logged.push(`${level}: ${message}`),
    },
  );
  const client = new HostClient(protocol, {
    post: (message: PageMessage) => void Promise.resolve(structuredClone(message)).then((copy) => server.receive(copy)),
    listen: (receive) => (toPage = receive),
  });
  return { server, client, logged, hovered, ended, toPage: (message: unknown) => toPage(message) };
}

describe('the line between a page and its host', () => {
  it('answers requests, binary ones too', async () => {
    const { client } = line();
    assert.equal(await client.request('double', 21), 42);
    assert.deepEqual(await client.request('bytes', 3), new Uint8Array([7, 7, 7]));
  });

  it('says why a request failed', async () => {
    const { client, logged } = line();
    await assert.rejects(client.request('double', -1), new PageError('failed', 'No negative numbers.'));
    assert.deepEqual(logged, ['warn: double failed: No negative numbers.']);
  });

  it('ends on both sides what the page no longer wants', async () => {
    const { client, ended } = line();
    const controller = new AbortController();
    const asked = client.request('wait', {}, { signal: controller.signal });
    await sleep(1);
    controller.abort();
    await assert.rejects(asked, { code: 'cancelled' });
    await sleep(1);
    assert.deepEqual(ended, ['wait']);
    await assert.rejects(client.request('wait', {}, { signal: controller.signal }), { code: 'cancelled' });
  });

  it('gives up after the time allowed, and ends the work', async () => {
    const { client, ended } = line();
    await assert.rejects(client.request('wait', {}, { timeoutMs: 5 }), { code: 'timeout' });
    await sleep(1);
    assert.deepEqual(ended, ['wait']);
  });

  it('tells in both directions until the subscription ends', async () => {
    const { client, server, hovered } = line();
    const themes: string[] = [];
    const stop = client.on('theme', (theme) => themes.push(theme));
    client.notify('hovered', 3);
    client.notify('hovered', null);
    server.send('theme', 'dark');
    await sleep(1);
    stop();
    server.send('theme', 'light');
    await sleep(1);
    assert.deepEqual({ hovered, themes }, { hovered: [3, null], themes: ['dark'] });
  });

  it('refuses and logs what a page says that does not fit', async () => {
    const { server, logged, hovered } = line();
    const refused: unknown[] = [
      undefined,
      'hello',
      { kind: 'request' },
      { kind: 'request', id: -1, name: 'double', value: 1 },
      { kind: 'request', id: 1, name: 'constructor', value: 1 },
      { kind: 'request', id: 2, name: 'double', value: '1' },
      { kind: 'notification', name: 'toString', value: 1 },
      { kind: 'notification', name: 'hovered', value: 'secret text' },
      { kind: 'notification', name: 'hovered', value: 1, extra: true },
    ];
    for (const message of refused) server.receive(message);
    await sleep(1);
    assert.equal(logged.length, refused.length);
    for (const entry of logged) assert.match(entry, /^warn: Refused\. /);
    assert.deepEqual(hovered, []);
    assert.doesNotMatch(logged.join('\n'), /secret/);
  });

  it('refuses and logs what a host says that does not fit', async () => {
    const { client, logged, toPage } = line();
    client.on('theme', () => assert.fail('The event does not fit.'));
    for (const message of [
      null,
      [],
      { kind: 'event', name: 'theme', value: 'pink' },
      { kind: 'event', name: 'valueOf', value: 1 },
      { kind: 'result' },
    ])
      toPage(message);
    await sleep(1);
    assert.equal(logged.length, 5);
    for (const entry of logged) assert.match(entry, /^warn: The page says: Refused\. /);
  });

  it('does not hand on an answer that does not fit', async () => {
    const { client, logged, toPage } = line();
    const asked = client.request('wait', {});
    toPage({ kind: 'result', id: 1, value: 5 });
    await assert.rejects(asked, { code: 'invalid' });
    await sleep(1);
    assert.deepEqual(logged, ['warn: The page says: Refused. Answer to wait: expected string.']);
    // Nobody waits for these any more.
    toPage({ kind: 'result', id: 1, value: 'late' });
    toPage({ kind: 'result', id: 99, value: 'never asked' });
    await sleep(1);
    assert.equal(logged.length, 1);
  });

  it('survives whatever is said', () => {
    const { server, toPage } = line();
    fc.assert(
      fc.property(fc.anything(), (message) => {
        server.receive(message);
        toPage(message);
      }),
      { numRuns: 300 },
    );
  });

  it('is silent once disposed of', async () => {
    const { client, server, logged } = line();
    server.dispose();
    server.receive('nonsense');
    await assert.rejects(client.request('double', 1, { timeoutMs: 10 }), { code: 'timeout' });
    assert.deepEqual(logged, []);
  });
});

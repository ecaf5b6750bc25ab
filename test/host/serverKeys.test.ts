import assert from 'node:assert/strict';
import { format } from 'node:util';
import * as vscode from 'vscode';
import { Activity } from '../../src/host/activity';
import { Configuration } from '../../src/host/configuration.vscode';
import { Servers } from '../../src/host/servers/servers.vscode';
import type { ServersContext } from '../../src/host/servers/servers.vscode';
import { confirmationKey } from '../../src/servers/confirmation';
import { ServerError } from '../../src/servers/errors';
import { questionLimits } from '../../src/servers/http/limits';
import { startFakeServer } from '../support/fakeServer';
import type { FakeServer } from '../support/fakeServer';

const key = 'glassbox-host-51b6e0d2a98f';

describe('keys of servers', () => {
  const secrets = new Map<string, string>();
  const state = new Map<string, unknown>();
  const logged: string[] = [];
  const log = (...parts: unknown[]): void => void logged.push(format(...parts));
  let servers: Servers;
  let own: FakeServer;
  let other: FakeServer;
  /** As a window makes them when it opens; what it kept before is there. */
  const opened = (): Servers =>
    new Servers({
      activity: new Activity(),
      configuration: new Configuration({ isGone: () => false, label: () => '' }),
      globalState: {
        get: (name: string) => state.get(name),
        update: (name: string, value: unknown) => Promise.resolve(void state.set(name, value)),
      },
      log: { error: log, warn: log, info: log } as unknown as ServersContext['log'],
      secrets: {
        get: (name) => Promise.resolve(secrets.get(name)),
        store: (name, value) => Promise.resolve(void secrets.set(name, value)),
        delete: (name) => Promise.resolve(void secrets.delete(name)),
        onDidChange: () => new vscode.Disposable(() => undefined),
      },
    });
  before(async () => {
    [own, other] = await Promise.all([startFakeServer('vllm', { key }), startFakeServer('vllm')]);
    // Both are on loopback, which is confirmed once.
    state.set('servers.confirmed', [confirmationKey(own.address, vscode.env.remoteName)]);
    servers = opened();
  });
  after(async () => {
    servers.dispose();
    await Promise.all([own.close(), other.close()]);
  });

  /** What a request brings. @throws {ServerError} where it is refused */
  const brought = async ({ address, seen }: FakeServer): Promise<string | undefined> => {
    const client = await servers.clientFor({ address: address.origin });
    try {
      await client?.json({ path: '/v1/models', limits: questionLimits });
      return seen.at(-1)?.headers.authorization;
    } finally {
      client?.dispose();
    }
  };
  const isRefused = (): Promise<void> =>
    assert.rejects(brought(own), (error) => error instanceof ServerError && error.code === 'unauthorized');

  it('are none before one is given', isRefused);

  it('lie in the editor’s secret storage alone, and go to their own server', async () => {
    await servers.setKey(own.address.origin, key);
    assert.deepEqual([...secrets.values()], [key]);
    assert.deepEqual(servers.keyed, [own.address.origin]);
    assert.equal(await brought(own), `Bearer ${key}`);
    assert.equal(await brought(other), undefined);
    const settings = JSON.stringify(vscode.workspace.getConfiguration('glassbox'));
    for (const kept of [JSON.stringify([...state]), settings, logged.join('\n')]) assert.ok(!kept.includes(key), kept);
  });

  it('that cannot be one are refused in a sentence without them', async () => {
    const wrong = `${key}\r\nx-other: 1`;
    await assert.rejects(
      servers.setKey(own.address.origin, wrong),
      (error) => error instanceof ServerError && !error.message.includes(key),
    );
    assert.deepEqual([...secrets.values()], [key]);
  });

  it('outlive a reload of the window, and are still told to their own server alone', async () => {
    servers.dispose();
    servers = opened();
    assert.deepEqual(servers.keyed, [own.address.origin]);
    assert.equal(await brought(own), `Bearer ${key}`);
    assert.equal(await brought(other), undefined);
  });

  it('are forgotten when that is asked for', async () => {
    await servers.setKey(own.address.origin, '');
    assert.deepEqual([secrets.size, servers.keyed], [0, []]);
    await isRefused();
    assert.equal(own.seen.at(-1)?.headers.authorization, undefined);
  });
});

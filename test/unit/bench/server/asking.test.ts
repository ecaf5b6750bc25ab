import assert from 'node:assert/strict';
import { AskingServer, Cost } from '../../../bench/server/asking';
import { HttpClient } from '../../../../src/servers/http/client';
import { ServerClient } from '../../../../src/servers/serverClient';
import type { CompleteParams } from '../../../../src/ipc/engine/protocol';
import { startFakeServer } from '../../../support/fakeServer';
import type { FakeServer } from '../../../support/fakeServer';

const params = (prefix: string): CompleteParams => ({ model: 'm', path: 'a.ts', context: [], prefix, suffix: '\n', mode: 'line', maxTokens: 9 }); // prettier-ignore

describe('what a person asks of a server in the benchmark', () => {
  let server: FakeServer;
  let client: ServerClient;
  before(async () => {
    server = await startFakeServer('llama.cpp');
    client = new ServerClient(new HttpClient({ address: server.address }), { name: 'm', fill: 'infill' });
  });
  after(async () => {
    client.dispose();
    await server.close();
  });
  const ask = (own: AskingServer, prefix: string) =>
    own.engine.request('complete', params(prefix), { priority: 'completion' });

  it('is counted: requests, characters, and tokens as the server tells them', async () => {
    const own = new AskingServer(client, { name: 'm' }, 'newest');
    assert.equal((await ask(own, 'const a = ')).text, 'a + b;');
    const { requests, ended, characters, tokens } = own.cost;
    assert.deepEqual({ requests, ended, characters, tokens }, { requests: 1, ended: 0, characters: 11, tokens: 20 });
    assert.equal(own.cost.times.length, 1);
  });

  it('ends the request before, or waits for it, as the rule is', async () => {
    server.behaviour = { delayMs: 20 };
    const newest = new AskingServer(client, { name: 'm' }, 'newest');
    const [first, second] = await Promise.allSettled([ask(newest, 'a'), ask(newest, 'ab')]);
    assert.deepEqual([first.status, second.status, newest.cost.ended], ['rejected', 'fulfilled', 1]);
    const one = new AskingServer(client, { name: 'm' }, 'one');
    // Of those that wait, the newest is asked.
    const answers = await Promise.allSettled([ask(one, 'a'), ask(one, 'ab'), ask(one, 'abc')]);
    assert.deepEqual(answers.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']); // prettier-ignore
    assert.deepEqual([one.cost.requests, one.cost.ended], [2, 0]);
  });

  it('counts the tokens of what was ended by the characters of what was not', () => {
    const cost = new Cost();
    cost.characters = 300;
    cost.toldCharacters = 100;
    cost.toldTokens = 25;
    const team = new Cost();
    team.add(cost);
    team.add(cost);
    assert.equal(team.tokens, 150);
  });
});

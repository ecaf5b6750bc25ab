import assert from 'node:assert/strict';
import { ServerError } from '../../../src/servers/errors';
import { writeOthers } from '../../../src/servers/otherTexts';
import type { ServerClient } from '../../../src/servers/serverClient';

const likeliest = ['a', 'b', '\n', 'c'].map((text, at) => ({ text, logprob: -1 - at }));
const first = { text: 'a;', tokens: [{ text: 'a', logprob: -1, likeliest }], finish: 'stop' } as const;
const request = { path: 'a.ts', context: [], prefix: 'return ', suffix: '', maxTokens: 9, stop: ['\n'] };
const rule = { check: (text: string) => (text.includes('\n') ? { end: text.indexOf('\n') } : {}) };

/** A client that writes `!` behind whatever it is given, and fails from a request on. */
function clientOf(failure?: ServerError, failsAt = Infinity) {
  const prefixes: string[] = [];
  const fill: ServerClient['fill'] = ({ prefix }) => {
    prefixes.push(prefix);
    if (failure && prefixes.length >= failsAt) return Promise.reject(failure);
    return Promise.resolve({ text: '!', tokens: [{ text: '!', logprob: -0.5, likeliest: [] }], finish: 'stop', usage: {} }); // prettier-ignore
  };
  return { client: { fill }, prefixes };
}

describe('servers/otherTexts', () => {
  it('begins each with another of the likeliest tokens, and says how likely that was', async () => {
    const { client, prefixes } = clientOf();
    const others = await writeOthers(client, request, first, { count: 3, rule, options: {} });
    assert.deepEqual(
      others.map(({ text, tokens }) => [text, ...tokens.map(({ logprob }) => logprob)]),
      [
        ['b!', -2, -0.5],
        ['\n', -3],
        ['c!', -4, -0.5],
      ],
    );
    // What ends with its first token is not asked for.
    assert.deepEqual(prefixes, ['return b', 'return c']);
  });

  it('asks for no more than are wanted, and for none without probabilities', async () => {
    const { client, prefixes } = clientOf();
    assert.equal((await writeOthers(client, request, first, { count: 1, rule, options: {} })).length, 1);
    assert.deepEqual(await writeOthers(client, request, { ...first, tokens: [] }, { count: 3, rule, options: {} }), []);
    assert.equal(prefixes.length, 1);
  });

  it('gives what there is where the server fails, and nothing where the user has left', async () => {
    const failed = clientOf(new ServerError('failed', 'It failed.'), 2);
    assert.equal((await writeOthers(failed.client, request, first, { count: 3, rule, options: {} })).length, 2);
    const left = clientOf(new ServerError('cancelled', 'No longer wanted.'), 1);
    await assert.rejects(writeOthers(left.client, request, first, { count: 3, rule, options: {} }), ServerError);
  });
});

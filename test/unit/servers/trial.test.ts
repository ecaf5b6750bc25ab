import assert from 'node:assert/strict';
import type { ServerError } from '../../../src/servers/errors';
import type { HttpClient } from '../../../src/servers/http/client';
import { completions } from '../../../src/servers/protocols/completions';
import { infill } from '../../../src/servers/protocols/llamaCpp';
import { tryFill, trySpellings } from '../../../src/servers/trial';
import type { Behaviour, FakeServer } from '../../support/fakeServer';
import { useFakeServer } from '../../support/useFakeServer';

/** A model that fills in the middle only where it is asked in one way. */
const speaks = (mark: string): Behaviour => ({
  raw: (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const { prompt } = server.seen.at(-1)!.body as { prompt: string };
    const text = prompt.includes(mark) ? 'surfaceArea' : 'x = 1';
    response.end(`data: ${JSON.stringify({ choices: [{ index: 0, text, finish_reason: 'stop' }] })}\n\n`);
  },
});
let server: FakeServer;

describe('servers/trial', () => {
  let http: HttpClient;
  const start = useFakeServer((served) => ({ server, http } = served));

  it('says whether an answer fits what stands behind the cursor', async () => {
    await start('llama.cpp', { tokens: ['surface', 'Area'] });
    assert.deepEqual(await tryFill(http, infill, 'm', undefined), { fits: true });
    server.behaviour = { tokens: ['area'] };
    assert.equal((await tryFill(http, infill, 'm', undefined)).fits, false);
  });

  it('finds the spelling that a model answers to, the suggested one first', async () => {
    await start('vllm', speaks('<[fim-suffix]>'));
    assert.equal((await trySpellings(http, completions, 'm', 'qwen'))?.spelling, 'seedCoder');
    server.seen.length = 0;
    assert.equal((await trySpellings(http, completions, 'm', 'seedCoder'))?.spelling, 'seedCoder');
    assert.equal(server.seen.length, 1);
  });

  it('finds none for a model that does not look behind the cursor', async () => {
    await start('vllm', speaks('a mark that no model has'));
    assert.equal(await trySpellings(http, completions, 'm', undefined), undefined);
    assert.ok(server.seen.length >= 9);
  });

  it('gives up on a server that fails', async () => {
    await start('vllm', { status: 500 });
    const tried = trySpellings(http, completions, 'm', undefined);
    await assert.rejects(tried, (error: ServerError) => error.code === 'failed');
    assert.equal(server.seen.length, 1);
  });
});

import assert from 'node:assert/strict';
import type { TrialTask } from '../../../../../src/features/models/tasks';
import { tryServer } from '../../../../../src/features/models/servers/tryServer';
import type { ServerCandidate } from '../../../../../src/features/models/servers/tryServer';
import type { HttpClient } from '../../../../../src/servers/http/client';
import type { ServerError } from '../../../../../src/servers/errors';
import type { FakeServer } from '../../../../support/fakeServer';
import { useFakeServer } from '../../../../support/useFakeServer';

const tasks: TrialTask[] = Array.from({ length: 10 }, (_, one) => ({
  path: 'a.ts', prefix: `const a${one} = `, suffix: '\n', expected: one % 2 === 0 ? 'a + b;' : 'b;',
})); // prettier-ignore
const { signal } = new AbortController();
/** A clock that goes on by a millisecond whenever it is read, so that no trial runs out of time. */
const clockOf = (): (() => number) => {
  let time = 0;
  return () => ++time;
};
const options = () => ({ signal, now: clockOf() });
const candidate = (change: Partial<ServerCandidate>): ServerCandidate => ({
  purpose: 'completion',
  address: 'http://127.0.0.1:1',
  kind: 'llama.cpp',
  model: { name: 'm', fill: 'infill', contextLength: 4_096 },
  ...change,
});

describe('the trial of a server', () => {
  let server: FakeServer;
  let http: HttpClient;
  const start = useFakeServer((served) => ({ server, http } = served));
  const bodies = (path: string): Record<string, unknown>[] =>
    server.seen.filter((one) => one.path === path).map(({ body }) => body as Record<string, unknown>);

  it('says how fast and how well a server completes, and how it is to be asked', async () => {
    await start('llama.cpp');
    const done: number[] = [];
    const onProgress = (count: number) => done.push(count);
    const { setting, figures } = await tryServer(http, candidate({}), tasks, { ...options(), onProgress });
    assert.deepEqual(setting, { address: 'http://127.0.0.1:1', model: 'm', endpoint: 'infill' });
    assert.deepEqual(figures.exact, { right: 5, of: 10 });
    assert.deepEqual([figures.fillsInTheMiddle, figures.givesProbabilities], [false, true]);
    assert.ok(figures.firstMs! > 0);
    assert.equal(figures.answerMs, 1);
    assert.deepEqual(done, tasks.map((_, at) => at + 1)); // prettier-ignore
  });

  it('sends nothing but what comes with the extension', async () => {
    await start('llama.cpp');
    await tryServer(http, candidate({}), tasks, options());
    const known = [...tasks.map(({ prefix }) => prefix), 'const '];
    for (const { input_prefix, prompt } of bodies('/infill'))
      assert.ok(known.some((text) => `${String(input_prefix)}${String(prompt)}`.includes(text)));
  });

  it('finds the spelling by trial where the name tells none', async () => {
    await start('vllm');
    // Right for whoever spells it as Seed-Coder does.
    const fills = (prompt: string): boolean => prompt.includes('<[fim-prefix]>');
    server.behaviour = {
      raw: (response) => {
        const { prompt } = bodies('/v1/completions').at(-1)! as { prompt: string };
        const text = fills(prompt) ? 'surfaceArea' : 'nothing';
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(`data: ${JSON.stringify({ choices: [{ index: 0, text, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`);
      },
    }; // prettier-ignore
    const { setting, figures } = await tryServer(http, candidate({ kind: 'vLLM', model: { name: 'x' } }), tasks, options()); // prettier-ignore
    assert.deepEqual([setting.endpoint, setting.spelling], ['completions', 'seedCoder']);
    assert.deepEqual([figures.fillsInTheMiddle, figures.givesProbabilities], [true, false]);
  });

  it('has a model that fits no spelling go on from what stands before the cursor, and says so', async () => {
    await start('vllm');
    const { setting, figures } = await tryServer(http, candidate({ kind: 'vLLM', model: { name: 'x' } }), tasks, options()); // prettier-ignore
    assert.deepEqual(setting, { address: 'http://127.0.0.1:1', model: 'x', endpoint: 'completions' });
    assert.equal(figures.fillsInTheMiddle, false);
    assert.equal(bodies('/v1/completions').at(-1)!.prompt, 'const a9 = ');
  });

  it('asks Ollama what its model takes', async () => {
    await start('ollama');
    const { setting } = await tryServer(http, candidate({ kind: 'Ollama', model: { name: 'qwen2.5-coder:1.5b' } }), tasks, options()); // prettier-ignore
    assert.deepEqual(setting, { address: 'http://127.0.0.1:1', model: 'qwen2.5-coder:1.5b', endpoint: 'generate' });
    assert.ok(bodies('/api/generate').every((body) => 'suffix' in body && !('raw' in body)));
  });

  it('says how long a summary takes, and how many texts search can read', async () => {
    await start('llama.cpp');
    const written = await tryServer(http, candidate({ purpose: 'summaries' }), tasks, options());
    assert.deepEqual(written.setting, { address: 'http://127.0.0.1:1', model: 'm' });
    assert.ok(written.figures.answerMs! >= written.figures.firstMs!);
    const read = await tryServer(http, candidate({ purpose: 'search' }), tasks, options());
    assert.equal(read.figures.dimension, 3);
    assert.ok(read.figures.readPerSecond! > 0);
  });

  it('passes on why a server cannot be used', async () => {
    await start('llama.cpp');
    server.behaviour = { status: 401 };
    await assert.rejects(tryServer(http, candidate({}), tasks, options()), (error: ServerError) => error.code === 'unauthorized'); // prettier-ignore
    server.behaviour = { status: 404 };
    await assert.rejects(tryServer(http, candidate({ purpose: 'search' }), tasks, options()), (error: ServerError) => error.code === 'unsupported'); // prettier-ignore
  });

  it('ends when it is no longer wanted', async () => {
    await start('llama.cpp');
    server.behaviour = { hangs: true };
    const left = new AbortController();
    const trial = tryServer(http, candidate({}), tasks, { signal: left.signal });
    left.abort();
    await assert.rejects(trial, (error: ServerError) => error.code === 'cancelled');
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as v from 'valibot';
import { createStopRule } from '../../../src/stopping/createStopRule';
import { methods } from '../../../src/ipc/engine/protocol';
import type { CompleteParams, CompleteResult } from '../../../src/ipc/engine/protocol';
import { completeByServer, fillRequestOf, unknownConfidence } from '../../../src/servers/completion';
import { HttpClient } from '../../../src/servers/http/client';
import type { ServerModel } from '../../../src/servers/probe';
import { ServerClient } from '../../../src/servers/serverClient';
import { startFakeServer } from '../../support/fakeServer';
import type { Behaviour, FakeKind, FakeServer } from '../../support/fakeServer';

const params: CompleteParams = {
  model: '/models/m',
  path: 'src/a.ts',
  context: [],
  prefix: 'function add(a: number, b: number) {\n  return ',
  suffix: '\n}\n',
  mode: 'line',
  maxTokens: 32,
};

describe('what is sent to a server', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', 'ü', '😀'), maxLength: 9_000 });

  it('is text around the cursor, no more than the model has room for or reads in time', () => {
    const tokens = fc.integer({ min: 0, max: 4_096 });
    fc.assert(
      fc.property(text, text, tokens, tokens, (prefix, suffix, contextLength, maxPromptTokens) => {
        const sent = fillRequestOf({ ...params, prefix, suffix, maxPromptTokens }, contextLength);
        assert.ok(prefix.endsWith(sent.prefix) && suffix.startsWith(sent.suffix));
        assert.ok(sent.prefix.isWellFormed() && sent.suffix.isWellFormed());
        const most = Math.max(512, Math.min(contextLength, maxPromptTokens) * 2.5);
        assert.ok(sent.prefix.length + sent.suffix.length <= most);
        if (prefix.length + suffix.length <= 512) assert.equal(sent.prefix, prefix);
      }),
    );
  });

  it('begins at the same place for many keys', () => {
    const line = `${'x'.repeat(39)}\n`;
    const starts = new Set<number>();
    for (let lines = 200; lines < 300; lines++) {
      const prefix = line.repeat(lines);
      starts.add(prefix.length - fillRequestOf({ ...params, prefix, maxPromptTokens: 1_024 }).prefix.length);
    }
    assert.ok(starts.size <= 100 / 12 + 1, `${starts.size} starts in 100 lines`);
  });
});

describe('servers/completion', () => {
  let server: FakeServer;
  let client: ServerClient;
  const start = async (
    behaviour: Behaviour = {},
    kind: FakeKind = 'llama.cpp',
    model?: Partial<ServerModel>,
  ): Promise<void> => {
    server = await startFakeServer(kind, behaviour);
    client = new ServerClient(new HttpClient({ address: server.address }), { name: 'm', fill: 'infill', ...model });
  };
  afterEach(async () => {
    client.dispose();
    await server.close();
  });
  const complete = async (
    more: Partial<CompleteParams> = {},
    onText?: (text: string) => void,
  ): Promise<CompleteResult> => {
    const asked = { ...params, ...more };
    const rule = createStopRule(asked.mode, asked.path, { prefix: asked.prefix, rest: '', nextLines: asked.suffix });
    const { result } = await completeByServer(client, asked, rule, onText ? { onText } : {});
    // The shape of the engine's own.
    return v.parse(methods.complete.result, result);
  };

  it('gives what the engine would: text, tokens, and the probability of the whole', async () => {
    await start();
    const { text, tokens, logprob, confidence, finish, timings } = await complete();
    assert.equal(text, 'a + b;');
    assert.equal(tokens.map((token) => token.text).join(''), text);
    assert.ok(Math.abs(logprob + 1.75) < 1e-9 && Math.abs(confidence - Math.exp(-1.75)) < 1e-9);
    assert.equal(finish, 'stop');
    assert.deepEqual([timings.reusedTokens, timings.prefillTokens, timings.decodeTokens], [0, 20, 4]);
    assert.deepEqual((server.seen[0]!.body as { stop: string[] }).stop, ['\n']);
  });

  it('ends a block where the engine would, has the server stop there, and counts only what is proposed', async () => {
    const tokens = ['{\n', '  return a + b;', '\n}', '\n', ...new Array<string>(500).fill('more\n')];
    await start({ tokens, delayMs: 5 });
    const prefix = 'function add(a: number, b: number) ';
    const { text, tokens: written, finish } = await complete({ mode: 'block', prefix, suffix: '\n' });
    assert.equal(text, '{\n  return a + b;\n}');
    assert.equal(written.length, 3);
    assert.equal(finish, 'stop');
    await server.untilAborted();
  });

  it('shows pieces as they come, and takes none back', async () => {
    await start({ tokens: ['a', ' +', ' b;', '\n', 'x'] });
    const pieces: string[] = [];
    const { text } = await complete({}, (piece) => pieces.push(piece));
    assert.equal(text, 'a + b;');
    assert.ok(text.startsWith(pieces.join('')), JSON.stringify(pieces));
  });

  it('says that it does not know how probable a text is where the server does not', async () => {
    await start({}, 'vllm', { fill: 'fimCompletions' });
    const { text, confidence } = await complete();
    assert.deepEqual([text, confidence], ['a + b;', unknownConfidence]);
  });

  it('proposes nothing where nothing is written', async () => {
    await start({ tokens: [] });
    const { text, confidence } = await complete();
    assert.deepEqual([text, confidence], ['', 0]);
  });

  it('has several texts to choose from, where the server says what else was likely', async () => {
    await start();
    const { text, alternatives } = await complete({ alternatives: 2 });
    assert.equal(text, 'a + b;');
    assert.deepEqual(
      alternatives?.map((other) => other.text),
      ['?a + b;'],
    );
    assert.ok(Math.abs(alternatives[0]!.logprob - (-4 - 1.75)) < 1e-9);
    assert.equal((server.seen[1]!.body as { prompt: string }).prompt, '  return ?');
  });

  it('has none where it does not', async () => {
    await start({}, 'vllm', { fill: 'fimCompletions' });
    assert.deepEqual((await complete({ alternatives: 2 })).alternatives, []);
    assert.equal((await complete()).alternatives, undefined);
  });
});

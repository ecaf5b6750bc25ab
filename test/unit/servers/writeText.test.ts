import assert from 'node:assert/strict';
import type { ServerError } from '../../../src/servers/errors';
import type { HttpClient } from '../../../src/servers/http/client';
import { textLimits } from '../../../src/servers/http/limits';
import { chat } from '../../../src/servers/protocols/chat';
import { completions, fimCompletions } from '../../../src/servers/protocols/completions';
import { infill } from '../../../src/servers/protocols/llamaCpp';
import { generate } from '../../../src/servers/protocols/ollama';
import type { FillRequest, TextProtocol } from '../../../src/servers/protocols/types';
import { writeText } from '../../../src/servers/writeText';
import type { FakeKind, FakeServer } from '../../support/fakeServer';
import { useFakeServer } from '../../support/useFakeServer';

const request: FillRequest = {
  model: 'm',
  path: 'a.ts',
  context: [],
  prefix: 'return ',
  suffix: '\n',
  maxTokens: 32,
  stop: [],
  likeliest: 2,
};
const quick = { ...textLimits, firstByteMs: 300, silenceMs: 300 };

describe('servers/writeText', () => {
  let server: FakeServer;
  let http: HttpClient;
  const start = useFakeServer((served) => ({ server, http } = served));

  const ways: Readonly<Record<string, readonly [FakeKind, TextProtocol<FillRequest>]>> = {
    '/infill': ['llama.cpp', infill],
    '/v1/completions': ['vllm', completions],
    '/v1/fim/completions': ['vllm', fimCompletions],
    '/api/generate': ['ollama', generate],
  };
  for (const [path, [kind, protocol]] of Object.entries(ways)) {
    it(`joins what ${path} streams, over one connection`, async () => {
      await start(kind);
      for (let times = 0; times < 3; times++) {
        const pieces: string[] = [];
        const { text, tokens, finish } = await writeText(http, protocol, request, {
          onText: (piece) => pieces.push(piece),
        });
        assert.equal(text, 'a + b;');
        assert.deepEqual(pieces, ['a', ' +', ' b', ';']);
        assert.equal(finish, 'stop');
        const probable = path === '/v1/fim/completions' ? '' : 'a + b;';
        assert.equal(tokens.map((token) => token.text).join(''), probable);
        if (probable)
          assert.deepEqual(
            tokens.slice(0, 2).map(({ logprob }) => logprob),
            [-0.05, -0.4],
          );
        // What ends the stream arrives in its own time.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.equal(server.connections(), 1);
      assert.equal(server.seen.filter(({ aborted }) => aborted).length, 0);
    });

    it(`stops ${path} at once when the text is not wanted any more, and the server sees it`, async () => {
      await start(kind, { tokens: new Array<string>(1_000).fill('a'), delayMs: 5 });
      const controller = new AbortController();
      const written = writeText(http, protocol, request, {
        signal: controller.signal,
        onText: () => controller.abort(),
      });
      await assert.rejects(written, (error: ServerError) => error.code === 'cancelled');
      await server.untilAborted();
      assert.ok(server.seen[0]!.pieces < 100);
    });

    it(`stops ${path} when the text is all that is wanted`, async () => {
      await start(kind, { tokens: ['a', '\n', ...new Array<string>(1_000).fill('b')], delayMs: 5 });
      const { text, finish } = await writeText(http, protocol, request, { until: (so) => so.includes('\n') });
      assert.deepEqual([text, finish], ['a\n', 'cut']);
      await server.untilAborted();
      assert.ok(server.seen[0]!.pieces < 100);
    });

    for (const [name, behaviour, code] of [
      ['hangs', { hangs: true }, 'deadline'],
      ['hangs in the middle', { hangsAfter: 2 }, 'deadline'],
      ['breaks off', { breaksAfter: 2 }, 'unreachable'],
      ['has too much to do', { status: 429 }, 'busy'],
      ['fails', { status: 500 }, 'failed'],
      ['writes control characters', { tokens: ['a', '\u001b[2J'] }, 'invalid'],
      ['writes half of a character', { tokens: ['a', '\ud83d'] }, 'invalid'],
    ] as const) {
      it(`gives no text when ${path} ${name}`, async () => {
        await start(kind, behaviour);
        const written = writeText(http, protocol, request, code === 'deadline' ? { limits: quick } : {});
        await assert.rejects(written, (error: ServerError) => {
          assert.match(error.message, /^[A-Z][^\n]*\.$/);
          return error.code === code;
        });
      });
    }
  }

  it('holds a conversation', async () => {
    await start('llama.cpp', { tokens: ['It ', 'adds.'] });
    const messages = [{ role: 'user', content: 'What?' }] as const;
    const { text, tokens } = await writeText(http, chat, { messages, maxTokens: 9, stop: [], likeliest: 1 });
    assert.deepEqual([text, tokens.length], ['It adds.', 2]);
    assert.deepEqual(server.seen[0]?.body, {
      messages,
      max_tokens: 9,
      temperature: 0,
      stream: true,
      logprobs: true,
      top_logprobs: 1,
    });
  });

  it('does not wait for a server that goes on behind its last piece', async () => {
    const last = 'data: {"content":"a","stop":true,"stop_type":"eos"}\n\n';
    await start('llama.cpp', {
      raw: (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(last);
        const timer = setInterval(() => response.write(': more\n'), 20);
        response.on('close', () => clearInterval(timer));
      },
    });
    const { text } = await writeText(http, infill, request);
    assert.equal(text, 'a');
    assert.equal(server.seen[0]!.aborted, false);
    await server.untilAborted();
  });

  it('does not take more than a text can hold, though every event is small', async () => {
    await start('llama.cpp', { tokens: new Array<string>(200_000).fill('0123456789') });
    const written = writeText(http, infill, { ...request, likeliest: 0 }, { limits: { ...textLimits, maxBytes: 1e9 } });
    await assert.rejects(written, (error: ServerError) => error.code === 'tooLarge');
    await server.untilAborted();
  });
});

import assert from 'node:assert/strict';
import { ServerError } from '../../../src/servers/errors';
import { HttpClient } from '../../../src/servers/http/client';
import { probeServer } from '../../../src/servers/probe';
import type { FillEndpoint } from '../../../src/servers/probe';
import { ServerClient } from '../../../src/servers/serverClient';
import { startFakeServer } from '../../support/fakeServer';
import type { FakeServer } from '../../support/fakeServer';
import { hostileAnswers } from '../../support/hostileAnswers';

const request = { path: 'a.ts', context: [], prefix: 'return ', suffix: '\n', maxTokens: 9, stop: [], likeliest: 2 };
const endpoints: readonly FillEndpoint[] = ['infill', 'completions', 'generate', 'fimCompletions'];
/** Numbers of an answer: 50 vectors of 8,192 would have more. */
const texts = ['a', 'b'];
/** What one answer may add at most, of what is kept and of what waits to be read. */
const maxBytes = 64 * 1_048_576;

describe('servers/serverClient, asked of a hostile server', () => {
  let server: FakeServer;
  before(async () => {
    server = await startFakeServer('llama.cpp');
  });
  after(() => server.close());

  /** Everything that can be asked for, one after the other. */
  const ways = (http: HttpClient): readonly ((at: number, signal: AbortSignal) => Promise<unknown>)[] => [
    (at, signal) =>
      new ServerClient(http, { name: 'm', fill: endpoints[at % endpoints.length]!, spelling: 'qwen' }).fill(request, {
        signal,
      }),
    (_, signal) =>
      new ServerClient(http, { name: 'm' }).chat(
        { messages: [{ role: 'user', content: 'a' }], maxTokens: 9, stop: [] },
        { signal },
      ),
    (_, signal) => new ServerClient(http, { name: 'm' }).embed(texts, 'document', signal),
    (_, signal) => probeServer(http, signal),
  ];

  it('refuses or cuts a thousand answers in bounded memory, each in a sentence without a word of the server', async () => {
    const codes = new Map<string, number>();
    let at = 0;
    let most = 0;
    for (const { name, send } of hostileAnswers(1_000, 5)) {
      server.behaviour = { raw: send };
      const http = new HttpClient({ address: server.address });
      const ask = ways(http)[Math.floor(at / 19) % 4]!;
      // Only what hangs is ended by this; no limit of the product's is as short.
      const before = process.memoryUsage();
      const started = performance.now();
      const answer: unknown = await ask(at, AbortSignal.timeout(20_000)).catch((error: unknown) => error);
      const now = process.memoryUsage();
      most = Math.max(most, now.external + now.arrayBuffers - before.external - before.arrayBuffers);
      assert.ok(performance.now() - started < 20_000, `${name} (${at}) hangs`);
      if (answer instanceof Error) {
        assert.ok(answer instanceof ServerError, `${name} (${at}): ${answer.stack}`);
        assert.match(answer.message, /^[A-Z][\x20-\x7e]{10,160}\.$/, name);
        assert.ok(!/elsewhere|html|script|SSH|etc\/passwd/.test(answer.message), answer.message);
        codes.set(answer.code, (codes.get(answer.code) ?? 0) + 1);
      } else {
        // What is right by chance is a whole text of characters that source files have.
        const { text = '' } = answer as { text?: string };
        assert.ok(text.length < 300_000 && text.isWellFormed() && !/(?![\t\n\r\f])\p{Cc}/u.test(text), name);
        codes.set('answered', (codes.get('answered') ?? 0) + 1);
      }
      http.dispose();
      server.seen.length = 0;
      at++;
    }
    assert.equal(at, 1_000);
    assert.ok(most < maxBytes, `${most} bytes beside the heap`);
    // All kinds of refusal are among them, and hardly an answer.
    for (const code of ['redirected', 'invalid', 'tooLarge', 'unreachable', 'unsupported', 'busy', 'failed'])
      assert.ok((codes.get(code) ?? 0) > 0, code);
    assert.ok((codes.get('answered') ?? 0) < 150, JSON.stringify([...codes]));
    assert.equal(codes.get('cancelled') ?? 0, 0, 'Something was ended by the test only.');
  });
});

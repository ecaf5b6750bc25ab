/**
 * The client of `src/servers` against a real llama.cpp server, whose address `GLASSBOX_TEST_SERVER` holds; without it, the tests
 * are skipped. The server needs `--slots`, and a model with fill-in-the-middle tokens that goes on with a list of
 * numbers; what it writes does not matter otherwise.
 */
import assert from 'node:assert/strict';
import { parseAddress } from '../../src/servers/address';
import type { ServerError } from '../../src/servers/errors';
import { HttpClient } from '../../src/servers/http/client';
import { questionLimits } from '../../src/servers/http/limits';
import { probeServer } from '../../src/servers/probe';
import type { FillEndpoint } from '../../src/servers/probe';
import { completions } from '../../src/servers/protocols/completions';
import { ServerClient } from '../../src/servers/serverClient';
import { tryFill } from '../../src/servers/trial';

const named = process.env.GLASSBOX_TEST_SERVER;
const request = {
  path: 'src/a.ts',
  context: [{ path: 'src/b.ts', text: 'export const b = 1;\n' }],
  prefix: 'export function add(a: number, b: number): number {\n  return ',
  suffix: ';\n}\n',
  maxTokens: 12,
  stop: [],
  likeliest: 3,
};

/** A list that any model goes on with. */
const endless = { context: [], prefix: 'const n = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, ', suffix: '' };

/** As `/slots` lists them. */
interface Slot {
  readonly is_processing: boolean;
  readonly next_token: readonly { readonly n_decoded: number }[];
}

(named === undefined ? describe.skip : describe)('a llama.cpp server', () => {
  let http: HttpClient;
  before(() => {
    const parsed = parseAddress(named ?? '');
    assert.ok('address' in parsed);
    http = new HttpClient({ address: parsed.address });
  });
  after(() => http.dispose());

  const clientOf = (fill: FillEndpoint): ServerClient => new ServerClient(http, { name: 'm', fill, spelling: 'qwen' });
  const slots = async (): Promise<readonly Slot[]> =>
    (await http.json({ path: '/slots', limits: questionLimits })) as readonly Slot[];

  it('is known for what it is', async () => {
    const { kind, models, slots: count } = await probeServer(http);
    assert.equal(kind, 'llama.cpp');
    assert.equal(models.length, 1);
    assert.equal(models[0]?.fill, 'infill');
    assert.ok((models[0].contextLength ?? 0) > 0 && (count ?? 0) > 0);
  });

  for (const endpoint of ['infill', 'completions'] as const) {
    it(`writes with probabilities by ${endpoint}, the same each time`, async () => {
      const client = clientOf(endpoint);
      await client.warmUp(request);
      const first = await client.fill(request);
      assert.ok(first.tokens.length > 0);
      assert.equal(first.tokens.map(({ text }) => text).join(''), first.text);
      for (const { text, logprob = 1, likeliest } of first.tokens) {
        assert.ok(logprob <= 0);
        assert.equal(likeliest.length, 3);
        // Greedy: what is written is the likeliest.
        assert.deepEqual(likeliest[0], { text, logprob });
      }
      const { text, usage } = await client.fill(request);
      assert.equal(text, first.text);
      if (endpoint === 'infill') assert.ok((usage.cachedTokens ?? 0) > 0, 'The prompt is not found in its cache.');
    });

    it(`stops ${endpoint} within 100 ms or two tokens of a cancellation, by its own counter`, async () => {
      const controller = new AbortController();
      let pieces = 0;
      const written = clientOf(endpoint).fill(
        { ...request, ...endless, maxTokens: 1_000 },
        { signal: controller.signal, onText: () => ++pieces === 4 && controller.abort() },
      );
      await assert.rejects(written, (error: ServerError) => error.code === 'cancelled');
      const cancelled = performance.now();
      let decoded = 0;
      for (let busy = true; busy;) {
        const now = await slots();
        busy = now.some(({ is_processing }) => is_processing);
        decoded = Math.max(
          decoded,
          ...now
            .filter((slot) => slot.is_processing)
            .flatMap((slot) => slot.next_token.map(({ n_decoded }) => n_decoded)),
        );
      }
      const ms = performance.now() - cancelled;
      console.log(
        `      ${endpoint}: ${pieces} pieces read, ${decoded} tokens seen decoded, free after ${ms.toFixed(0)} ms`,
      );
      assert.ok(ms <= 100 || decoded <= pieces + 2, `${ms} ms, ${decoded} tokens`);
    });
  }

  it('holds a conversation', async () => {
    const { text } = await clientOf('infill').chat({
      messages: [{ role: 'user', content: 'What does `return a + b` do?' }],
      maxTokens: 8,
      stop: [],
    });
    assert.ok(text.length > 0);
  });

  it('is tried in a moment', async () => {
    assert.equal((await tryFill(http, completions, undefined, 'qwen')).spelling, 'qwen');
  });

  it('says what it does not do', async () => {
    const embedded = clientOf('infill').embed(['a', 'b']);
    const result = await embedded.catch((error: unknown) => error as ServerError);
    if (result instanceof Error) assert.equal(result.code, 'unsupported');
    else assert.equal(result.vectors.length, 2 * result.dimension);
  });
});

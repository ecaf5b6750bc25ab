import fc from 'fast-check';
import assert from 'node:assert/strict';
import { Decoder } from '../../../../src/engine/decoder/decoder';
import type { DecoderSettings, GenerateRequest } from '../../../../src/engine/decoder/decoder';
import { FakeSession, folder, nextToken, vocabularySize } from '../../../support/fakeSession';

const noPause = () => Promise.resolve(undefined);

const request = (prompt: readonly number[], more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt,
  maxTokens: 4,
  stopIds: new Set(),
  forbiddenIds: [],
  inPairs: true,
  ...more,
});

function expected(prompt: readonly number[], count: number): number[] {
  const text = [...prompt];
  for (let token = 0; token < count; token++) text.push(nextToken(text));
  return text.slice(prompt.length);
}

const upTo = (length: number, first = 0) => Array.from({ length }, (_, index) => (first + index * 5) % vocabularySize);

for (const layout of ['delta', 'copy'] as const) {
  describe(`Decoder in pairs, ${layout} layout`, () => {
    const open = (settings: DecoderSettings) => {
      const session = new FakeSession(layout);
      return { session, decoder: new Decoder(session, folder(layout), undefined, settings) };
    };
    const ids = async (decoder: Decoder, prompt: readonly number[], more?: Partial<GenerateRequest>) =>
      (await decoder.generate(request(prompt, more), noPause)).tokens.map(({ id }) => id);

    it('runs everything in pairs, which other requests take over', async () => {
      const { decoder, session } = open({ speculates: false, remembers: false });
      const written = await ids(decoder, upTo(20, 40), { maxTokens: 5 });
      assert.deepEqual(
        session.runs.map(({ past, rows }) => [past, rows]),
        [
          [0, 16],
          [16, 4],
          [19, 2],
          [20, 2],
          [21, 2],
          [22, 2],
        ],
      );
      session.runs.length = 0;
      const text = [...upTo(20, 40), ...written];
      assert.deepEqual(await ids(decoder, text, { maxTokens: 1 }), expected(text, 1));
      assert.deepEqual(session.runs, [{ past: 23, rows: 2 }]);

      session.runs.length = 0;
      const beside = decoder.generate(request(upTo(20, 40), { maxTokens: 12 }), noPause);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await ids(decoder, [...upTo(20, 40), ...expected(upTo(20, 40), 12)], {
        maxTokens: 1,
        sequence: 'inspect',
        inPairs: true,
      });
      await beside;
      assert.ok(session.runs.every(({ past }) => past >= 18));
    });

    it('runs nothing anew of what it has written before while somebody types along it', async () => {
      const { decoder, session } = open({});
      const text = [...upTo(20, 40), ...expected(upTo(20, 40), 12)];
      await ids(decoder, text.slice(0, 20), { maxTokens: 12 });
      session.runs.length = 0;
      for (let typed = 20; typed < 32; typed++)
        assert.deepEqual(await ids(decoder, text.slice(0, typed), { maxTokens: 32 - typed }), text.slice(typed));
      assert.deepEqual(session.runs, []);
      assert.deepEqual(await ids(decoder, text.slice(0, 30), { maxTokens: 4 }), expected(text.slice(0, 30), 4));
      assert.deepEqual(session.runs[0], { past: 30, rows: 2 });
    });

    it('writes the same whether it remembers or not, whatever is forbidden, allowed, given or asked for beside', async () => {
      const token = fc.integer({ min: 0, max: 3 });
      const asked = fc.record({
        prompt: fc.array(token, { minLength: 1, maxLength: 6 }),
        maxTokens: fc.integer({ min: 1, max: 6 }),
        forbiddenIds: fc.array(token, { maxLength: 1 }),
        runnersUp: fc.integer({ min: 0, max: 2 }),
        given: fc.option(fc.array(token, { minLength: 1, maxLength: 3 }), { nil: undefined }),
        even: fc.integer({ min: 0, max: 2 }),
        sampling: fc.constantFrom(
          undefined,
          { temperature: 0, topP: 1, seed: 1 },
          { temperature: 2, topP: 1, seed: 1 },
          { temperature: 0, topP: 1, seed: 1, repetitionPenalty: 2 },
        ),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(asked, { minLength: 2, maxLength: 8 }), async (all) => {
          const [used, plain] = [open({}), open({ remembers: false })].map(({ decoder }) => decoder) as [
            Decoder,
            Decoder,
          ];
          for (const { prompt, even, given, ...more } of all) {
            const write = (decoder: Decoder) => {
              let written = 0;
              return decoder.generate(
                request(prompt, {
                  ...more,
                  given: given?.slice(0, more.maxTokens),
                  allows: () => (written < even ? (id) => id % 2 === 0 : undefined),
                  onToken: () => {
                    written++;
                    return 'continue';
                  },
                }),
                noPause,
              );
            };
            const [found, wanted] = [await write(used), await write(plain)];
            assert.deepEqual([found.tokens, found.finish], [wanted.tokens, wanted.finish]);
          }
        }),
        { numRuns: 1_000 },
      );
    });
  });
}

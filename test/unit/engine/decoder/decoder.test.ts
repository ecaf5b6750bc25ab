import fc from 'fast-check';
import assert from 'node:assert/strict';
import { Decoder } from '../../../../src/engine/decoder/decoder';
import type { DecoderSettings, GenerateRequest } from '../../../../src/engine/decoder/decoder';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { FakeSession, folder, nextToken, vocabularySize } from '../../../support/fakeSession';

const noPause = () => Promise.resolve(undefined);

const request = (prompt: readonly number[], more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt,
  maxTokens: 4,
  stopIds: new Set(),
  forbiddenIds: [],
  ...more,
});

function expected(prompt: readonly number[], count: number): number[] {
  const text = [...prompt];
  for (let token = 0; token < count; token++) text.push(nextToken(text));
  return text.slice(prompt.length);
}

const upTo = (length: number, first = 0) => Array.from({ length }, (_, index) => (first + index * 5) % vocabularySize);

const failure = (code: string) => (error: unknown) => error instanceof EngineError && error.code === code;

for (const layout of ['delta', 'copy'] as const) {
  describe(`Decoder, ${layout} layout`, () => {
    const open = (contextLength?: number, settings: DecoderSettings = { remembers: false }) => {
      const session = new FakeSession(layout);
      return { session, decoder: new Decoder(session, folder(layout, contextLength), undefined, settings) };
    };
    const ids = async (decoder: Decoder, prompt: readonly number[], more?: Partial<GenerateRequest>) =>
      (await decoder.generate(request(prompt, more), noPause)).tokens.map(({ id }) => id);

    it('predicts from the whole text', async () => {
      for (const length of [1, 2, 3, 15, 16, 17, 40]) {
        assert.deepEqual(await ids(open().decoder, upTo(length)), expected(upTo(length), 4), `${length} tokens`);
      }
    });

    it('gives what an empty cache gives, whatever was asked before', async () => {
      const token = fc.integer({ min: 0, max: 2 });
      const prompts = fc.array(fc.array(token, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(prompts, fc.boolean(), fc.boolean(), async (sequence, remembers, inPairs) => {
          const { decoder } = open(undefined, { remembers });
          for (const prompt of sequence) assert.deepEqual(await ids(decoder, prompt, { inPairs }), expected(prompt, 4));
        }),
      );
    });

    it('says how probable given tokens are: as if it had written them, in few runs', async () => {
      const token = fc.integer({ min: 0, max: vocabularySize - 1 });
      const texts = fc.tuple(fc.array(token, { minLength: 1, maxLength: 20 }), fc.nat(20), fc.array(token, { minLength: 1, maxLength: 3 })); // prettier-ignore
      await fc.assert(
        fc.asyncProperty(texts, async ([prompt, count, others]) => {
          // The model's own tokens, and then others: each as probable as the fake finds it, behind all before it.
          const given = [...expected(prompt, count), ...others];
          const { decoder, session } = open();
          const { tokens, finish } = await decoder.generate(
            request(prompt, { given, maxTokens: given.length }),
            noPause,
          );
          assert.deepEqual(
            tokens.map(({ id }) => id),
            given,
          );
          assert.equal(finish, 'length');
          tokens.forEach(({ id, logprob }, at) => {
            const own = nextToken([...prompt, ...given.slice(0, at)]) === id;
            assert.ok(own ? logprob > -0.01 : logprob < -9, `token ${at}: ${logprob}`);
          });
          assert.ok(session.runs.length <= 2 + Math.ceil(prompt.length / 16) + given.length / 16);
        }),
      );
    });

    it('goes on by itself behind given tokens', async () => {
      const prompt = upTo(9);
      const given = [5, 6, 7];
      const all = await ids(open().decoder, prompt, { given, maxTokens: 6 });
      assert.deepEqual(all, [...given, ...expected([...prompt, ...given], 3)]);
    });

    it('runs only what is new, in pairs', async () => {
      const { decoder, session } = open();
      await ids(decoder, upTo(30), { maxTokens: 1 });
      session.runs.length = 0;
      const again = await decoder.generate(request([...upTo(30), 7], { maxTokens: 1 }), noPause);
      assert.deepEqual(session.runs, [{ past: 29, rows: 2 }]);
      assert.deepEqual([again.reusedTokens, again.prefillTokens], [29, 2]);

      session.runs.length = 0;
      const shorter = await decoder.generate(request(upTo(21), { maxTokens: 1 }), noPause);
      assert.deepEqual(session.runs, [{ past: 19, rows: 2 }]);
      assert.deepEqual([shorter.reusedTokens, shorter.prefillTokens], [19, 2]);
    });

    it('runs the prompt in pairs and what is written alone, which no other request takes over', async () => {
      const { decoder, session } = open(undefined, { speculates: false, remembers: false });
      const written = await ids(decoder, upTo(20, 40), { maxTokens: 5 });
      assert.deepEqual(
        session.runs.map(({ past, rows }) => [past, rows]),
        [
          [0, 16],
          [16, 4],
          [20, 1],
          [21, 1],
          [22, 1],
          [23, 1],
        ],
      );
      session.runs.length = 0;
      const text = [...upTo(20, 40), ...written];
      assert.deepEqual(await ids(decoder, text, { maxTokens: 1 }), expected(text, 1));
      assert.deepEqual(session.runs, [{ past: 19, rows: 6 }]);

      session.runs.length = 0;
      const beside = decoder.generate(request(upTo(20, 40), { maxTokens: 12 }), noPause);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await ids(decoder, [...upTo(20, 40), ...expected(upTo(20, 40), 12)], { maxTokens: 1, sequence: 'inspect' });
      await beside;
      const { past } = session.runs.find(({ rows }) => rows > 2)!;
      assert.equal(past, 20);
    });

    it('leaves an exact cache when cancelled between two chunks', async () => {
      for (const chunks of [1, 2]) {
        const { decoder, session } = open();
        let left = chunks;
        const step = () =>
          --left < 0 ? Promise.reject(new EngineError('cancelled', 'typed on')) : Promise.resolve(undefined);
        await assert.rejects(decoder.generate(request(upTo(60)), step), failure('cancelled'));
        const finished = session.runs.reduce((rows, run) => rows + run.rows, 0);
        assert.equal(session.runs.length, chunks);
        assert.deepEqual(await ids(decoder, upTo(60), { maxTokens: 1 }), expected(upTo(60), 1));
        assert.equal(session.runs[chunks]!.past, finished);
      }
    });

    it('leaves the cache as it was when cancelled before the first run', async () => {
      const { decoder, session } = open();
      await ids(decoder, upTo(30), { maxTokens: 1 });
      const cancelled = () => Promise.reject(new EngineError('cancelled', 'typed on'));
      await assert.rejects(decoder.generate(request(upTo(30, 1)), cancelled), failure('cancelled'));
      session.runs.length = 0;
      await ids(decoder, upTo(30), { maxTokens: 1 });
      assert.deepEqual(session.runs, [{ past: 28, rows: 2 }]);
    });

    it('starts afresh behind a failed run', async () => {
      const { decoder, session } = open();
      await ids(decoder, upTo(30));
      session.failNext = true;
      await assert.rejects(ids(decoder, [...upTo(30), 1, 2]), /out of memory/);
      session.runs.length = 0;
      assert.deepEqual(await ids(decoder, upTo(30)), expected(upTo(30), 4));
      assert.equal(session.runs[0]!.past, 0);
    });

    it('goes on where it was when interrupted, without the interrupted run', async () => {
      const session = new FakeSession(layout, true);
      const decoder = new Decoder(session, folder(layout));
      let interrupt = new AbortController();
      let runs = 0;
      session.onRun = () => {
        if (++runs % 3 === 0) interrupt.abort();
      };
      const step = () => {
        interrupt = new AbortController();
        return Promise.resolve(interrupt.signal);
      };
      const { tokens, prefillTokens } = await decoder.generate(request(upTo(50)), step);
      assert.deepEqual(
        tokens.map(({ id }) => id),
        expected(upTo(50), 4),
      );
      assert.equal(prefillTokens, 50);
      assert.equal(session.runs.length, runs - Math.floor(runs / 3));
      assert.ok(runs >= 6);
    });

    it('serves requests that come at the same time', async () => {
      const { decoder } = open();
      const prompts = [upTo(40), upTo(33, 1), [...upTo(20), 9]];
      const results = await Promise.all(prompts.map((prompt) => ids(decoder, prompt)));
      assert.deepEqual(
        results,
        prompts.map((prompt) => expected(prompt, 4)),
      );
    });

    it('gives what an empty cache gives, whatever runs beside it in sequences of any name and size', async () => {
      const names = ['completion', 'summarize', 'inspect', 'index'] as const;
      const token = fc.integer({ min: 0, max: 1 });
      const job = fc.record({
        sequence: fc.constantFrom(...names),
        prompt: fc.array(token, { minLength: 1, maxLength: 60 }),
        pauses: fc.integer({ min: 0, max: 3 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(job, { minLength: 2, maxLength: 8 }),
          fc.constantFrom(0, 20_000, undefined),
          async (jobs, bytes) => {
            const decoder = new Decoder(new FakeSession(layout), folder(layout), undefined, { cacheBytes: bytes, remembers: false }); // prettier-ignore
            await Promise.all(
              jobs.map(async ({ sequence, prompt, pauses }) => {
                const step = async () => {
                  for (let pause = 0; pause < pauses; pause++) await new Promise((resolve) => setImmediate(resolve));
                  return undefined;
                };
                const { tokens } = await decoder.generate(request(prompt, { sequence }), step);
                assert.deepEqual(
                  tokens.map(({ id }) => id),
                  expected(prompt, 4),
                );
              }),
            );
          },
        ),
        { numRuns: 50 },
      );
    });

    it('keeps a sequence for each priority', async () => {
      const { decoder, session } = open();
      await ids(decoder, upTo(30), { maxTokens: 1 });
      await ids(decoder, upTo(40, 1), { maxTokens: 1, sequence: 'summarize' });
      session.runs.length = 0;
      await ids(decoder, upTo(30), { maxTokens: 1 });
      await ids(decoder, upTo(40, 1), { maxTokens: 1, sequence: 'summarize' });
      assert.deepEqual(session.runs, [
        { past: 28, rows: 2 },
        { past: 38, rows: 2 },
      ]);
    });

    it('begins with what another sequence has', async () => {
      const { decoder, session } = open();
      await ids(decoder, upTo(40), { maxTokens: 1 });
      session.runs.length = 0;
      const text = [...upTo(30), 1, 2];
      assert.deepEqual(await ids(decoder, text, { maxTokens: 1, sequence: 'inspect' }), expected(text, 1));
      assert.deepEqual(await ids(decoder, upTo(40), { maxTokens: 1 }), expected(upTo(40), 1));
      assert.deepEqual(session.runs, [
        { past: 30, rows: 2 },
        { past: 38, rows: 2 },
      ]);
    });

    it('writes what it would write one by one where the text repeats itself, in fewer runs', async () => {
      // A loop of seven tokens that something else interrupts now and then.
      const predict = (text: readonly number[]) =>
        text.length % 17 === 0 ? text.length % vocabularySize : (text.at(-7) ?? text.length);
      const results = await Promise.all(
        [true, false].map(async (speculates) => {
          const session = new FakeSession(layout);
          session.predict = predict;
          const decoder = new Decoder(session, folder(layout, 200), undefined, { speculates });
          const written = [];
          for (const length of [1, 2, 9, 30, 31])
            written.push((await decoder.generate(request(upTo(length), { maxTokens: 80 }), noPause)).tokens);
          const { tokens, finish } = await decoder.generate(
            request(upTo(30), { maxTokens: 80, sampling: { temperature: 2, topP: 1, seed: 5 } }),
            noPause,
          );
          return { written: [...written, tokens], finish, runs: session.runs.length };
        }),
      );
      const [guessing, one] = results as [(typeof results)[0], (typeof results)[0]];
      assert.deepEqual(guessing.written, one.written);
      assert.deepEqual(
        guessing.written.map(({ length }) => length),
        [80, 80, 80, 80, 80, 80],
      );
      assert.ok(guessing.runs < 0.7 * one.runs, `${guessing.runs} runs instead of ${one.runs}`);
    });

    it('ends within guessed tokens as it would without', async () => {
      const loop = Array.from({ length: 40 }, (_, at) => at % 5);
      const make = () => {
        const session = new FakeSession(layout);
        session.predict = (text) => text.at(-5) ?? 0;
        return new Decoder(session, folder(layout));
      };
      for (const maxTokens of [1, 2, 3, 4, 5, 6, 7]) {
        const { tokens, finish } = await make().generate(request(loop, { maxTokens }), noPause);
        assert.deepEqual([tokens.map(({ id }) => id), finish], [[0, 1, 2, 3, 4, 0, 1].slice(0, maxTokens), 'length']);
      }
      for (const last of [0, 1, 2, 3, 4]) {
        const stopped = await make().generate(request(loop, { maxTokens: 9, stopIds: new Set([last]) }), noPause);
        assert.deepEqual([stopped.tokens.length, stopped.finish], [last + 1, 'endOfMiddle']);
        const wished = await make().generate(
          request(loop, { maxTokens: 9, onToken: ({ id }) => (id === last ? 'stop' : 'continue') }),
          noPause,
        );
        assert.deepEqual([wished.tokens.length, wished.finish], [last + 1, 'stop']);
      }
    });

    it('grows with the text', async () => {
      const { decoder } = open(320);
      for (const length of [20, 127, 128, 129, 300]) {
        assert.deepEqual(await ids(decoder, upTo(length)), expected(upTo(length), 4), `${length} tokens`);
      }
    });
  });
}

describe('Decoder', () => {
  const open = (contextLength?: number) => new Decoder(new FakeSession('delta'), folder('delta', contextLength));

  it('ends at a stop token, at the wish of the caller, at the length and where the context is full', async () => {
    const [first, second] = expected(upTo(10), 2);
    const stop = await open().generate(request(upTo(10), { stopIds: new Set([second!]) }), noPause);
    assert.deepEqual([stop.finish, stop.tokens.map(({ id }) => id)], ['endOfMiddle', [first, second]]);

    const wish = await open().generate(
      request(upTo(10), { onToken: ({ id }) => (id === second ? 'stop' : 'continue') }),
      noPause,
    );
    assert.deepEqual([wish.finish, wish.tokens.length], ['stop', 2]);

    const length = await open().generate(request(upTo(10), { maxTokens: 3 }), noPause);
    assert.deepEqual([length.finish, length.tokens.length], ['length', 3]);

    const full = await open(16).generate(request(upTo(14), { maxTokens: 9 }), noPause);
    assert.deepEqual([full.finish, full.tokens.length], ['length', 2]);
  });

  it('returns what it has at a deadline, and fails where it has nothing', async () => {
    const stepUntil = (pauses: number) => () =>
      --pauses < 0 ? Promise.reject(new EngineError('deadline', 'too late')) : Promise.resolve(undefined);
    const { finish, tokens } = await open().generate(request(upTo(10)), stepUntil(2));
    assert.deepEqual([finish, tokens.length], ['deadline', 2]);
    await assert.rejects(open().generate(request(upTo(10)), stepUntil(0)), failure('deadline'));
  });

  it('pauses before every run', async () => {
    const session = new FakeSession('delta');
    const log: string[] = [];
    const run = session.run.bind(session);
    session.run = (feeds) => {
      log.push('run');
      return run(feeds);
    };
    await new Decoder(session, folder('delta')).generate(request(upTo(40), { maxTokens: 3 }), () => {
      log.push('step');
      return Promise.resolve(undefined);
    });
    assert.ok(log.length >= 8);
    assert.ok(
      log.every((entry, index) => entry === (index % 2 === 0 ? 'step' : 'run')),
      log.join(' '),
    );
  });

  it('refuses prompts that are empty, too long or of another vocabulary', async () => {
    await assert.rejects(open().generate(request([]), noPause), failure('invalid'));
    await assert.rejects(open(16).generate(request(upTo(16)), noPause), failure('invalid'));
    await assert.rejects(open().generate(request([vocabularySize]), noPause), failure('invalid'));
    await assert.rejects(open().generate(request([-1]), noPause), failure('invalid'));
  });

  it('waits for a run in progress before it lets go of the model', async () => {
    const session = new FakeSession('delta');
    const decoder = new Decoder(session, folder('delta'));
    const running = decoder.generate(request(upTo(3), { maxTokens: 1 }), noPause);
    await decoder.dispose();
    assert.equal(session.disposed, true);
    assert.equal((await running).tokens.length, 1);
  });
});

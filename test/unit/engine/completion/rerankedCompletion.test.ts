import assert from 'node:assert/strict';
import { RerankedCompletion } from '../../../../src/engine/completion/rerankedCompletion';
import type { Copy } from '../../../../src/engine/completion/copying/copy';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { AlternativeText, CompleteParams } from '../../../../src/ipc/engine/protocol';
import { noPause } from '../../../support/scriptedDecoder';

const params: CompleteParams = {
  model: '',
  path: 'a.ts',
  context: [],
  prefix: 'const a = ',
  suffix: '\nb(a);\n',
  mode: 'line',
  maxTokens: 20,
  candidates: 3,
};
const copy = (text: string, confidence: number): Copy => ({ text, confidence, from: { kind: 'here', lines: -1 } });
const late = () => Promise.reject(new EngineError('deadline', 'Too late.'));

describe('RerankedCompletion', () => {
  const textOf = (text: string, chance: number): AlternativeText => {
    const logprob = Math.log(chance);
    return { text, tokens: [{ id: 1, text, logprob }], logprob, confidence: chance, finish: 'stop' };
  };
  const run = {
    promptIds: Int32Array.of(1),
    timings: { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 1, prefillMs: 1, decodeTokens: 1, decodeMs: 1 },
  };

  /** @param followed by text; asked: with how many others, and how far behind they may be */
  function open(written: readonly [string, number][] | 'late', followed: Record<string, number> | 'late' = {}) {
    const asked: { alternatives: number | undefined; maxBehind: number | undefined }[] = [];
    const read: string[] = [];
    const completion = new RerankedCompletion(
      {
        complete: ({ alternatives }, _step, _onText, _sequence, limits) => {
          asked.push({ alternatives, maxBehind: limits?.maxBehind });
          if (written === 'late') return late();
          const [first, ...others] = written.map(([text, chance]): AlternativeText => {
            const whole = textOf(text, chance);
            return whole.logprob < (limits?.least ?? -Infinity)
              ? { ...whole, text: text.slice(0, 2), finish: 'unlikely' }
              : whole;
          });
          return Promise.resolve({ ...first!, alternatives: others, ...run });
        },
        propose: (_params, { text, confidence, from }) => ({ ...textOf(text, confidence), copied: from, ...run }),
      },
      {
        behind: (_params, texts) => {
          read.push(...texts);
          return followed === 'late'
            ? late()
            : Promise.resolve(texts.map((text) => ({ followed: followed[text] ?? -20, followingTokens: 8 })));
        },
      },
    );
    return { completion, asked, read };
  }

  it('proposes the text that the lines behind speak for', async () => {
    const { completion, asked } = open([['greedy', 0.3], ['other', 0.2]], { other: -5 }); // prettier-ignore
    const result = await completion.complete(params, undefined, noPause);
    assert.equal(result.text, 'other');
    assert.equal(result.alternatives, undefined);
    assert.equal(result.promptIds, run.promptIds);
    assert.deepEqual(asked, [{ alternatives: 2, maxBehind: 1 }]);
  });

  it('proposes a copy where that is likelier, and says where it is from', async () => {
    const { completion } = open([['greedy', 0.1]]);
    const result = await completion.complete(params, copy('copied', 0.4), noPause);
    assert.deepEqual([result.text, result.copied], ['copied', { kind: 'here', lines: -1 }]);
  });

  it('takes what both have for likelier than either says', async () => {
    const { completion } = open([['greedy', 0.3], ['both', 0.2]]); // prettier-ignore
    assert.equal((await completion.complete(params, copy('both ', 0.2), noPause)).text, 'both');
  });

  it('gives the others where they are asked for, improbable ones, too', async () => {
    const { completion, asked } = open([['greedy', 0.3], ['other', 0.2]], { other: -5 }); // prettier-ignore
    const result = await completion.complete({ ...params, alternatives: 2 }, copy('copied', 0.01), noPause);
    assert.deepEqual([result.text, ...result.alternatives!.map(({ text }) => text)], ['other', 'greedy', 'copied']);
    assert.deepEqual(asked, [{ alternatives: 2, maxBehind: Infinity }]);
  });

  it('compares nothing where the first text can be no surer than what is wanted', async () => {
    const improbable = { ...params, minConfidence: 0.18 };
    const alone = open([['greedy', 0.005]]);
    const nothing = await alone.completion.complete(improbable, undefined, noPause);
    assert.deepEqual([nothing.text, nothing.finish, alone.read], ['gr', 'unlikely', []]);
    assert.ok(nothing.confidence < 0.18);
    const copied = await alone.completion.complete(improbable, copy('copied', 0.3), noPause);
    assert.deepEqual([copied.text, copied.confidence, alone.read], ['copied', 0.3, []]);
    assert.equal(copied.promptIds, run.promptIds);
    const whole = await alone.completion.complete(params, undefined, noPause);
    assert.deepEqual([whole.text, whole.finish], ['greedy', 'stop']);
  });

  it('reads the lines behind where there is something to choose between, and else not', async () => {
    const one = open([['greedy', 0.3]]);
    await one.completion.complete(params, undefined, noPause);
    await one.completion.complete(params, copy('greedy ', 0.3), noPause);
    assert.deepEqual(one.read, []);
    await one.completion.complete(params, copy('copied', 0.3), noPause);
    assert.deepEqual(one.read, ['greedy', 'copied']);
  });

  it('compares a copy with the first text where there is to be one alone', async () => {
    const { completion, asked, read } = open([['greedy', 0.3]], { copied: -5 });
    const result = await completion.complete({ ...params, candidates: 1 }, copy('copied', 0.3), noPause);
    assert.deepEqual([result.text, read], ['copied', ['greedy', 'copied']]);
    assert.deepEqual(asked, [{ alternatives: 0, maxBehind: 1 }]);
  });

  it('proposes nothing where nothing is written', async () => {
    const { completion } = open([['  ', 0.9]]);
    const result = await completion.complete(params, undefined, noPause);
    assert.deepEqual([result.text, result.confidence], ['', 0]);
  });

  it('does with what there is when time runs out', async () => {
    const chosen = await open([['greedy', 0.3], ['other', 0.2]], 'late').completion.complete(params, undefined, noPause); // prettier-ignore
    assert.equal(chosen.text, 'greedy');
    assert.equal((await open('late').completion.complete(params, copy('copied', 0.2), noPause)).text, 'copied');
    await assert.rejects(open('late').completion.complete(params, undefined, noPause), EngineError);
  });
});

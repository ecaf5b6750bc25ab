import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CompletionModel, minBlockConfidence } from '../../../../src/engine/completion/completionModel';
import type { AskedCompletion } from '../../../../src/engine/completion/completionModel';
import type { Decoder, Generated } from '../../../../src/engine/decoder/decoder';
import type { ScoredToken } from '../../../../src/engine/decoder/sampling/sampling';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { openDecoderFolder } from '../../../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../../../src/modelFolder/layouts/types';
import type { CompleteResult } from '../../../../src/ipc/engine/protocol';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { root } from '../../../support/paths';
import { noPause, writer } from '../../../support/scriptedDecoder';

describe('CompletionModel', () => {
  let folder: DecoderFolder;
  let tokenizer: Tokenizer;
  let endOfMiddle: number;

  before(async () => {
    folder = await openDecoderFolder(join(root, 'models/decoder'));
    tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    endOfMiddle = tokenizer.special(folder.tokens.endOfMiddle!)!;
  });

  async function complete(
    script: readonly number[],
    params: Partial<AskedCompletion> = {},
    cutOff?: Generated['finish'],
    share?: number,
  ): Promise<CompleteResult & { heard: string }> {
    let heard = '';
    const model = new CompletionModel(folder, tokenizer, writer(script, cutOff, share));
    const usual = { path: 'a.ts', context: [], prefix: 'const a = ', suffix: '\n', maxTokens: 64 };
    const all: AskedCompletion = { model: folder.path, mode: 'line', ...usual, ...params };
    const result = await model.complete(all, noPause, (text) => {
      heard += text;
    });
    return { ...result, heard };
  }

  const sum = (result: CompleteResult) => result.tokens.reduce((total, token) => total + token.logprob, 0);

  it('shows the text, the tokens with the closing one, and their probability', async () => {
    const ids = tokenizer.encode('foo(bar)');
    const result = await complete([...ids, endOfMiddle]);
    assert.equal(result.text, 'foo(bar)');
    assert.equal(result.heard, 'foo(bar)');
    assert.equal(result.finish, 'endOfMiddle');
    assert.deepEqual(
      result.tokens.map(({ id }) => id),
      [...ids, endOfMiddle],
    );
    assert.equal(result.tokens.map(({ text }) => text).join(''), 'foo(bar)');
    assert.equal(result.logprob, sum(result));
    assert.ok(Math.abs(result.confidence - 0.9 ** (ids.length + 1)) < 1e-9);
    assert.equal(result.timings.decodeTokens, ids.length);
  });

  it('drops what lies behind the end of the line', async () => {
    const result = await complete(tokenizer.encode('foo(bar)\nconst b = 1\n'));
    assert.equal(result.text, 'foo(bar)');
    assert.equal(result.heard, 'foo(bar)');
    assert.equal(result.finish, 'stop');
    assert.ok(
      result.tokens
        .map(({ text }) => text)
        .join('')
        .startsWith('foo(bar)'),
    );
    assert.ok(result.tokens.length <= tokenizer.encode('foo(bar)\nconst').length);
  });

  it('proposes nothing where the model ends at once or breaks the line', async () => {
    const ended = await complete([endOfMiddle]);
    assert.deepEqual([ended.text, ended.heard, ended.tokens.length], ['', '', 1]);
    const broken = await complete(tokenizer.encode('\n  foo'));
    assert.deepEqual([broken.text, broken.heard, broken.tokens.length], ['', '', 0]);
  });

  it('holds back a character until all of its bytes are there', async () => {
    const ids = tokenizer.encode('"😀"');
    assert.ok(ids.length > 3, 'the character has several tokens');
    assert.equal((await complete([...ids, endOfMiddle])).text, '"😀"');
    for (let count = 2; count < ids.length - 1; count++) {
      const result = await complete(ids.slice(0, count));
      assert.deepEqual([result.text, result.heard, result.tokens.length], ['"', '"', 1]);
    }
  });

  it('ends before bytes that are no UTF-8', async () => {
    const [, lead] = tokenizer.encode('"😀');
    const result = await complete([...tokenizer.encode('a'), lead!, ...tokenizer.encode('b\n')]);
    assert.deepEqual([result.text, result.heard], ['a', 'a']);
  });

  it('returns part of a text at a deadline, and fails where there is none', async () => {
    const result = await complete(tokenizer.encode('foo(ba'), {}, 'deadline');
    assert.deepEqual([result.text, result.finish], ['foo(ba', 'deadline']);
    const nothing = complete(tokenizer.encode('  '), {}, 'deadline');
    await assert.rejects(nothing, (error) => error instanceof EngineError && error.code === 'deadline');
  });

  it('never hears more than is proposed', async () => {
    const texts = ['a;  b', 'x\n\n\ny', '{\n  a\n}\n\nb', '  \n', 'a) {\n    b();\n  }\n'];
    for (const mode of ['line', 'block'] as const) {
      for (const text of texts) {
        for (const end of [[], [endOfMiddle]]) {
          const result = await complete([...tokenizer.encode(text), ...end], { mode });
          assert.equal(result.heard, result.text);
        }
      }
    }
  });

  describe('where the length is left to it', () => {
    const at = { mode: 'auto', prefix: 'function add(a, b) ', suffix: '\n' } as const;
    const block = '{\n  return a + b;\n}';

    it('proposes the block that the line opens, where it is sure of it', async () => {
      const result = await complete([...tokenizer.encode(`${block}\n\nadd(`)], at, undefined, 0.99);
      assert.deepEqual([result.text, result.heard], [block, block]);
      assert.ok(result.confidence >= minBlockConfidence);
    });

    it('proposes the line where it is not, and writes no more than that takes', async () => {
      const result = await complete(tokenizer.encode(`${block}\n\nadd(`), at, undefined, 0.6);
      assert.deepEqual([result.text, result.heard, result.finish], ['{', '{', 'stop']);
      assert.ok(result.timings.decodeTokens <= 3, `${result.timings.decodeTokens} tokens`);
      assert.equal(result.logprob, sum(result));
    });

    it('is as sure as it says of what it proposes, and never hears more', async () => {
      const places = [
        at,
        { mode: 'auto', prefix: 'function add(a, b) {\n  ', suffix: '\n}\n', inEmptyBody: true },
        { mode: 'auto', prefix: 'function add(a, b) {', suffix: '}\n', inEmptyBody: true },
        { mode: 'auto', prefix: 'const a = ', suffix: ';\n' },
      ] as const;
      const texts = [
        `${block}\n\nadd(`,
        'return a + b;\n}\n',
        'one();\n  two();\n}\n',
        '\n  one();\n}',
        'b;\nc',
        '{ b',
      ];
      for (const place of places) {
        for (const text of texts) {
          for (const share of [0.5, 0.8, 0.9, 0.95, 0.99]) {
            const result = await complete(tokenizer.encode(text), place, undefined, share);
            assert.equal(result.heard, result.text);
            assert.ok(text.startsWith(result.text));
            const several = result.text.trim().includes('\n');
            assert.ok(!several || result.confidence >= minBlockConfidence, `${result.text} at ${result.confidence}`);
          }
        }
      }
    });
  });

  it('gives a text up once it can be no surer than what is wanted, and says so', async () => {
    const script = [...tokenizer.encode('foo(bar, baz)'), endOfMiddle];
    const surest = 0.9 ** script.length;
    const whole = await complete(script, { minConfidence: surest * 0.99 });
    assert.deepEqual([whole.text, whole.finish], ['foo(bar, baz)', 'endOfMiddle']);
    for (const minConfidence of [surest * 1.01, 0.5, 0.95]) {
      const { text, heard, finish, confidence, tokens } = await complete(script, { minConfidence });
      assert.equal(finish, 'unlikely');
      assert.ok(confidence < minConfidence && 'foo(bar, baz)'.startsWith(text));
      assert.equal(heard, text);
      assert.ok(tokens.length <= Math.ceil(Math.log(minConfidence) / Math.log(0.9)));
    }
  });

  it('gives the prompt as the model saw it', async () => {
    const { promptIds } = await complete([endOfMiddle], { prefix: 'const answer = ' });
    assert.ok(promptIds instanceof Int32Array);
    assert.ok(tokenizer.decode(promptIds).endsWith('const answer = '));
  });

  describe('with alternatives', () => {
    const [a, b, c] = ['foo', 'bar', 'baz'].map((text) => () => tokenizer.encode(text)) as [
      () => number[],
      () => number[],
      () => number[],
    ];

    /** A decoder that knows whole texts by their probabilities, and writes the likeliest that begins as it is told. */
    function decoderOf(
      texts: readonly (readonly [ids: readonly number[], share: number])[],
      asked: number[][],
      failsAt?: number,
    ): Pick<Decoder, 'generate'> {
      return {
        generate({ prompt, onToken, stopIds, runnersUp = 0 }) {
          asked.push(Array.from(prompt));
          if (asked.length - 1 === failsAt) return Promise.reject(new EngineError('deadline', 'Too late.'));
          const start = asked[0]!.length;
          const tokens: ScoredToken[] = [];
          for (;;) {
            const written = [...Array.from(prompt).slice(start), ...tokens.map(({ id }) => id)];
            const fitting = texts.filter(([ids]) => written.every((id, at) => id === ids[at]));
            const whole = fitting.reduce((sum, [, share]) => sum + share, 0);
            const shares = new Map<number, number>();
            for (const [ids, share] of fitting)
              shares.set(ids[written.length]!, (shares.get(ids[written.length]!) ?? 0) + share / whole);
            const ranked = [...shares]
              .sort((x, y) => y[1] - x[1])
              .map(([id, share]) => ({ id, logprob: Math.log(share) }));
            const token = { ...ranked[0]!, runnersUp: ranked.slice(1, 1 + runnersUp) };
            tokens.push(token);
            const wanted = onToken?.(token);
            const finish = stopIds.has(token.id) ? 'endOfMiddle' : wanted === 'stop' ? 'stop' : undefined;
            if (finish)
              return Promise.resolve({
                tokens,
                finish,
                reusedTokens: 0,
                prefillTokens: prompt.length,
                prefillMs: 1,
                decodeTokens: 0,
                decodeMs: 2,
              });
          }
        },
      };
    }

    async function alternatives(
      wanted: number,
      failsAt?: number,
    ): Promise<{ result: CompleteResult; asked: number[][] }> {
      const asked: number[][] = [];
      const texts = [
        [[...a(), ...b(), endOfMiddle], 0.5],
        [[...a(), ...c(), endOfMiddle], 0.2],
        [[...c(), ...a(), endOfMiddle], 0.16],
        // The same text for the reader, and none at all.
        [[...a(), ...b(), ...tokenizer.encode(' '), endOfMiddle], 0.1],
        [[endOfMiddle], 0.04],
      ] as const;
      const model = new CompletionModel(folder, tokenizer, decoderOf(texts, asked, failsAt));
      const params = {
        model: folder.path,
        mode: 'line',
        path: 'a.ts',
        context: [],
        prefix: 'const a = ',
        suffix: '\n',
        maxTokens: 64,
        alternatives: wanted,
      } as const;
      return { result: await model.complete({ ...params, context: [] }, noPause, () => undefined), asked };
    }

    it('writes the likeliest other texts, no two alike, each with its probability', async () => {
      const { result, asked } = await alternatives(4);
      assert.equal(result.text, 'foobar');
      assert.deepEqual(
        result.alternatives!.map(({ text }) => text),
        ['foobaz', 'bazfoo'],
      );
      result.alternatives!.forEach(({ confidence, tokens, finish }, at) => {
        assert.ok(Math.abs(confidence - [0.2, 0.16][at]!) < 1e-9, `${confidence}`);
        assert.equal(tokens.at(-1)!.id, endOfMiddle);
        assert.equal(finish, 'endOfMiddle');
      });
      assert.ok(
        asked.slice(1).every((prompt) => asked[0]!.every((id, index) => prompt[index] === id)),
        'each goes on behind the same prompt',
      );
    });

    it('writes no more than are wanted', async () => {
      const { result, asked } = await alternatives(1);
      assert.deepEqual(
        result.alternatives!.map(({ text }) => text),
        ['foobaz'],
      );
      assert.equal(asked.length, 2);
    });

    it('gives those that there are at a deadline', async () => {
      const { result } = await alternatives(4, 2);
      assert.equal(result.text, 'foobar');
      assert.deepEqual(
        result.alternatives!.map(({ text }) => text),
        ['foobaz'],
      );
    });

    it('writes none where none are wanted', async () => {
      assert.ok(!('alternatives' in (await complete([endOfMiddle]))));
    });
  });
});

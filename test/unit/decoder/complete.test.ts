import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CompletionModel } from '../../../src/engine/decoder/complete';
import type { Generated } from '../../../src/engine/decoder/decoder';
import { EngineError } from '../../../src/engine/errors';
import { openDecoderFolder } from '../../../src/engine/models/folder';
import type { DecoderFolder } from '../../../src/engine/models/types';
import type { CompleteParams, CompleteResult } from '../../../src/engine/protocol';
import { Tokenizer } from '../../../src/engine/tokenizer/tokenizer';
import { root } from '../../support/paths';
import { noPause, writer } from './scriptedDecoder';

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
    params: Partial<CompleteParams> = {},
    cutOff?: Generated['finish'],
  ): Promise<CompleteResult & { heard: string }> {
    let heard = '';
    const model = new CompletionModel(folder, tokenizer, writer(script, cutOff));
    const usual = { path: 'a.ts', context: [], prefix: 'const a = ', suffix: '\n', maxTokens: 64 };
    const all: CompleteParams = { model: folder.path, mode: 'line', ...usual, ...params };
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
    assert.deepEqual(result.tokens.map(({ id }) => id), [...ids, endOfMiddle]);
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
    assert.ok(result.tokens.map(({ text }) => text).join('').startsWith('foo(bar)'));
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

  it('gives the prompt as the model saw it', async () => {
    const { promptIds } = await complete([endOfMiddle], { prefix: 'const answer = ' });
    assert.ok(promptIds instanceof Int32Array);
    assert.ok(tokenizer.decode(promptIds).endsWith('const answer = '));
  });
});

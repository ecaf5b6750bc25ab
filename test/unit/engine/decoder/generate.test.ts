import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Generated } from '../../../../src/engine/decoder/decoder';
import { GenerationModel } from '../../../../src/engine/decoder/generate';
import { sentenceRule } from '../../../../src/stopping/sentenceRule';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { openDecoderFolder } from '../../../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../../../src/modelFolder/layouts/types';
import type { GenerateParams, GenerateResult } from '../../../../src/ipc/engine/messages/generate';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { root } from '../../../support/paths';
import { noPause, writer } from '../../../support/scriptedDecoder';

interface Layout {
  readonly documentation: {
    readonly path: string;
    readonly function: string;
    readonly sentence: string;
    readonly ids: number[];
  };
}

describe('generated text', () => {
  let folder: DecoderFolder;
  let tokenizer: Tokenizer;
  let end: number;

  before(async () => {
    folder = await openDecoderFolder(join(root, 'models/decoder'));
    tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    end = tokenizer.special(folder.tokens.endOfMiddle!)!;
  });

  const code = 'function add(a, b) {\n  return a + b;\n}\n';
  async function generate(
    text: string,
    params: Partial<GenerateParams> = {},
    cutOff?: Generated['finish'],
    from = folder,
  ) {
    let heard = '';
    const ids = [...tokenizer.encode(text), ...(cutOff === undefined ? [end] : [])];
    const model = new GenerationModel(from, tokenizer, writer(ids, cutOff));
    const all: GenerateParams = {
      model: folder.path,
      prompt: { kind: 'documentation', path: 'a.ts', code },
      maxTokens: 64,
      ...params,
    };
    const result: GenerateResult = await model.generate(all, noPause, (piece) => {
      heard += piece;
    });
    return { ...result, heard };
  }

  it('documents in the layout that the model was trained on', async () => {
    const { documentation } = JSON.parse(readFileSync(join(root, 'test/fixtures/model/layout.json'), 'utf8')) as Layout;
    const prompt = { kind: 'documentation' as const, path: documentation.path, code: documentation.function };
    for (const lines of [prompt.code, prompt.code.replaceAll('\n', '\r\n')]) {
      const { promptIds, text, cut } = await generate(documentation.sentence, { prompt: { ...prompt, code: lines } });
      assert.deepEqual([...promptIds], documentation.ids.slice(0, promptIds.length));
      assert.equal(promptIds.at(-1), tokenizer.special('<|doc|>'));
      assert.deepEqual([text, cut], [documentation.sentence, false]);
    }
  });

  it('is one sentence where documentation is asked for, and all that comes elsewhere', async () => {
    const long = 'Adds two numbers, e.g. 1.5 and 2. Then it rests.';
    const sentence = await generate(long);
    assert.deepEqual(
      [sentence.text, sentence.heard, sentence.finish],
      ['Adds two numbers, e.g. 1.5 and 2.', 'Adds two numbers, e.g. 1.5 and 2.', 'stop'],
    );
    const text = { prompt: { kind: 'text' as const, text: 'Once' } };
    const whole = await generate(`${long}\n\nMore.  \n`, text);
    assert.deepEqual([whole.text, whole.heard, whole.finish], [`${long}\n\nMore.`, `${long}\n\nMore.`, 'endOfMiddle']);
    assert.equal((await generate(long, { ...text, until: 'sentence' })).text, sentence.text);
  });

  it('shows the first lines of code that does not fit, and says so', async () => {
    const prompt = { kind: 'documentation' as const, path: 'a.ts', code: code.repeat(200) };
    const { promptIds, cut } = await generate('Adds.', { prompt });
    assert.ok(cut);
    assert.ok(promptIds.length <= folder.contextLength - 64);
    const shown = tokenizer.decode(promptIds).replace('a.ts\n', '');
    assert.ok(prompt.code.startsWith(shown) && shown.endsWith('\n'), shown);
  });

  it('is what there is at a deadline, and at the most tokens', async () => {
    const late = await generate('Adds two', {}, 'deadline');
    assert.deepEqual([late.text, late.finish], ['Adds two', 'deadline']);
    const short = await generate('Adds two numbers and more', { maxTokens: 3 }, 'length');
    assert.equal(short.tokens.length, 3);
    assert.equal(
      short.text,
      short.tokens
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
  });

  const refused = (pattern: RegExp) => (error: unknown) =>
    error instanceof EngineError && error.code === 'invalid' && pattern.test(error.message);

  it('is refused where the model takes no such prompt, or it does not fit', async () => {
    await assert.rejects(
      generate('', { prompt: { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] } }),
      refused(/"chat".*"documentation" and "text"/),
    );
    await assert.rejects(
      generate('', { prompt: { kind: 'text', text: 'word '.repeat(2_000) } }),
      refused(/tokens, and with 64 to be written/),
    );
    await assert.rejects(generate('', { maxTokens: folder.contextLength }), refused(/leaves no room/));
  });

  it('takes conversations where the folder has a template', async () => {
    const tuned = { ...folder, chatTemplate: '{% for message in messages %}{{ message.content }}\n{% endfor %}' };
    const { promptIds, text } = await generate(
      'Hello. You.',
      { prompt: { kind: 'chat', messages: [{ role: 'user', content: 'Say hello' }] } },
      undefined,
      tuned,
    );
    assert.equal(tokenizer.decode(promptIds), 'Say hello\n');
    assert.equal(text, 'Hello. You.');
  });
});

describe('where a sentence ends', () => {
  const cases: [text: string, sentence: string | undefined][] = [
    ['Returns it. And', 'Returns it.'],
    ['Returns it.', undefined],
    ['Is it? Yes', 'Is it?'],
    ['See e.g. this (cf. that) etc. and more', undefined],
    ['Version 1.2 of a.b.c', undefined],
    ['Broken line\n', 'Broken line'],
    ['\n  Later. x', '\n  Later.'],
    ['  ', undefined],
  ];
  for (const [text, sentence] of cases) {
    it(`${JSON.stringify(text)} → ${sentence === undefined ? 'not yet' : JSON.stringify(sentence)}`, () => {
      const { settled, end } = sentenceRule.check(text);
      assert.equal(end === undefined ? undefined : text.slice(0, end), sentence);
      assert.equal(settled, end ?? text.trimEnd().length);
    });
  }

  it('never takes back what was settled', () => {
    for (const [text] of cases) {
      let settled = 0;
      for (let length = 0; length <= text.length; length++) {
        const verdict = sentenceRule.check(text.slice(0, length));
        assert.ok(verdict.settled >= settled);
        settled = verdict.settled;
        if (verdict.end !== undefined) break;
      }
    }
  });
});

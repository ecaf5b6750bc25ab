import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CopyingCompletion } from '../../../../../src/engine/completion/copying/completion';
import { CompletionModel } from '../../../../../src/engine/completion/completionModel';
import { EngineError } from '../../../../../src/ipc/engine/errors';
import { openDecoderFolder } from '../../../../../src/modelFolder/layouts/folder';
import type { CompleteParams } from '../../../../../src/ipc/engine/protocol';
import { Tokenizer } from '../../../../../src/modelFolder/tokenizer/tokenizer';
import { noPause, writer } from '../../../../support/scriptedDecoder';
import { root } from '../../../../support/paths';

describe('CopyingCompletion', () => {
  const params: CompleteParams = {
    model: '',
    path: 'a.ts',
    context: [],
    prefix: 'const size = measure(text, font);\nconst size = measure(',
    suffix: '\n',
    mode: 'line',
    maxTokens: 20,
  };

  /** @param instead what the model writes, where that is not what its tokens say */
  async function open(copiesFrom: number, instead?: 'late' | { text: string; confidence: number }) {
    const folder = await openDecoderFolder(join(root, 'models/decoder'));
    const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    const model = new CompletionModel(
      folder,
      tokenizer,
      writer([...tokenizer.encode('written);'), tokenizer.special(folder.tokens.endOfMiddle!)!]),
    );
    if (instead !== undefined) {
      const complete = model.complete.bind(model);
      model.complete = async (asked, step, onText) => {
        if (instead === 'late') throw new EngineError('deadline', 'Too late.');
        onText(instead.text);
        return { ...(await complete(asked, step, () => undefined)), ...instead };
      };
    }
    const completion = new CopyingCompletion(model, undefined, { copiesFrom });
    return async (more: Partial<CompleteParams>) => {
      let heard = '';
      return { ...(await completion.complete({ ...params, ...more }, noPause, (text) => (heard += text))), get heard() { return heard; } }; // prettier-ignore
    };
  }

  it('copies what is likely enough to be right, in the tokens of the model', async () => {
    const complete = await open(0.05);
    const { text, heard, copied, tokens, logprob, confidence, promptIds, timings } = await complete({ neighbours: [] });
    assert.equal(text, 'text, font);');
    assert.equal(heard, text);
    assert.deepEqual(copied, { kind: 'here', lines: -1 });
    assert.equal(tokens.map((token) => token.text).join(''), text);
    assert.ok(Math.abs(tokens.reduce((sum, token) => sum + token.logprob, 0) - Math.log(confidence)) < 1e-9);
    assert.equal(logprob, Math.log(confidence));
    assert.ok(promptIds.length > 10);
    assert.equal(timings.prefillTokens, 0);
  });

  it('has nothing written where copies alone are wanted', async () => {
    const [bold, careful] = [await open(0.05), await open(1)];
    assert.equal((await bold({ neighbours: [], copiesOnly: true })).text, 'text, font);');
    for (const result of [await careful({ neighbours: [], copiesOnly: true }), await bold({ copiesOnly: true })])
      assert.deepEqual([result.text, result.heard, result.confidence], ['', '', 0]);
  });

  it('copies a block in auto where the place wants one and it is likely to be right, else a line', async () => {
    const complete = await open(0.05);
    const body = '{\n  const list = read(file);\n  return list.sort();\n}\n';
    const before = Array.from({ length: 4 }, (_, index) => `function load${index}(file) ${body}`).join('');
    const place = { mode: 'auto' as const, neighbours: [], prefix: `${before}function load5(file) {\n  ` };
    const empty = await complete({ ...place, suffix: '\n}\n' });
    assert.equal(empty.text, 'const list = read(file);\n  return list.sort();');
    assert.ok(empty.confidence >= 0.5);
    const filled = await complete({ ...place, suffix: '\n  done(file);\n}\n' });
    assert.equal(filled.text, 'const list = read(file);');
    const opened = await complete({ ...place, prefix: `${before}function load5(file) `, suffix: '\n' });
    assert.equal(opened.text, body.trimEnd());
  });

  it('has the model write where a copy is not sure enough, or none is wanted', async () => {
    const [bold, careful] = [await open(0.05), await open(1)];
    for (const result of [await careful({ neighbours: [] }), await bold({})]) {
      assert.equal(result.text, 'written);');
      assert.equal(result.copied, undefined);
    }
  });

  it('proposes an unsure copy where the model is less sure, or writes nothing, and tells only what it proposes', async () => {
    for (const written of [{ text: 'guess();', confidence: 0.01 }, { text: ' ', confidence: 1 }, 'late' as const]) {
      const complete = await open(1, written);
      const { text, heard, copied } = await complete({ neighbours: [] });
      assert.deepEqual([text, heard, copied?.kind], ['text, font);', 'text, font);', 'here']);
    }
    const complete = await open(1, { text: 'surely();', confidence: 0.99 });
    const { text, heard, alternatives } = await complete({ neighbours: [], alternatives: 2 });
    assert.deepEqual([text, heard, alternatives!.map((one) => one.text)], ['surely();', 'surely();', ['text, font);']]);
  });

  it('puts what the model writes behind the copy where there are to be several', async () => {
    const complete = await open(0.05);
    const { text, alternatives } = await complete({ neighbours: [], alternatives: 2 });
    assert.equal(text, 'text, font);');
    assert.deepEqual(
      alternatives!.map((one) => one.text),
      ['written);'],
    );
  });
});

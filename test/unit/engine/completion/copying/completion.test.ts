import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CopyingCompletion } from '../../../../../src/engine/completion/copying/completion';
import { CompletionModel } from '../../../../../src/engine/completion/completionModel';
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

  async function open(copiesFrom: number) {
    const folder = await openDecoderFolder(join(root, 'models/decoder'));
    const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    const model = new CompletionModel(
      folder,
      tokenizer,
      writer([...tokenizer.encode('written);'), tokenizer.special(folder.tokens.endOfMiddle!)!]),
    );
    const completion = new CopyingCompletion(model, { copiesFrom });
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

  it('has the model write where a copy is not sure enough, or none is wanted', async () => {
    const [bold, careful] = [await open(0.05), await open(1)];
    for (const result of [await careful({ neighbours: [] }), await bold({})]) {
      assert.equal(result.text, 'written);');
      assert.equal(result.copied, undefined);
    }
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

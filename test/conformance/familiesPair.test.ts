import assert from 'node:assert/strict';
import { EncoderDecoder } from '../../src/engine/encoderDecoder/encoderDecoder';
import { RewritingModel } from '../../src/engine/encoderDecoder/writer';
import { openModelFolder } from '../../src/modelFolder/layouts/folder';
import type { EncoderDecoderFolder } from '../../src/modelFolder/layouts/types';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { floats, readExpected, unpackFamily } from '../support/families';

/** Texts, what transformers makes of them in PyTorch, and all logits behind the first few; see pairs.py. */
interface Expected {
  readonly cases: readonly (readonly [source: readonly number[], written: readonly number[]])[];
  readonly logits: readonly string[];
}

const noPause = () => Promise.resolve(undefined);

for (const name of ['t5', 'bart']) {
  describe(`the encoder-decoder family ${name}`, () => {
    let folder: EncoderDecoderFolder;
    let model: EncoderDecoder;
    let expected: Expected;

    before(async () => {
      const path = await unpackFamily(name);
      expected = readExpected(path) as Expected;
      const opened = await openModelFolder(path);
      assert.ok(opened.role === 'encoder-decoder');
      folder = opened;
      model = await EncoderDecoder.open(folder, { threads: 1 });
    });
    after(() => model.dispose());

    it('writes what transformers writes', async () => {
      let largest = 0;
      for (const [at, [prompt, tokens]] of expected.cases.entries()) {
        const written = await model.generate(
          { prompt, maxTokens: tokens.length, stopIds: new Set(), forbiddenIds: [] },
          noPause,
        );
        assert.deepEqual(
          written.tokens.map(({ id }) => id),
          tokens,
          `text ${at}`,
        );
        const logits = expected.logits[at];
        if (logits === undefined) continue;
        const values = floats(logits);
        const most = values.reduce((a, b) => Math.max(a, b));
        const logprob =
          values[tokens[0]!]! - most - Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
        largest = Math.max(largest, Math.abs(written.tokens[0]!.logprob - logprob));
      }
      console.log(
        `      ${expected.cases.length} texts, largest difference of a log-probability ${largest.toExponential(1)}`,
      );
      assert.ok(expected.cases.length === 200 && largest < 1e-4);
    });

    it('writes text from text, and says where it had to cut', async () => {
      const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
      const writer = new RewritingModel(folder, tokenizer, model);
      const ask = (text: string) => {
        let heard = '';
        const params = { model: folder.path, prompt: { kind: 'text' as const, text }, maxTokens: 12 };
        return writer.generate(params, noPause, (piece) => (heard += piece)).then((result) => ({ ...result, heard }));
      };
      const short = await ask('def parse(line):');
      assert.equal(short.heard, short.text);
      assert.equal(short.cut, false);
      assert.ok(short.promptIds.length > 2 && !short.text.startsWith(' '));
      const long = await ask('return the value of the first line\n'.repeat(40));
      assert.ok(long.cut && long.promptIds.length === folder.contextLength);
    });
  });
}

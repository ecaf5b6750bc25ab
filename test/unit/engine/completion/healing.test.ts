import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CompletionModel } from '../../../../src/engine/completion/completionModel';
import type { Decoder, Generated } from '../../../../src/engine/decoder/decoder';
import { Healing } from '../../../../src/engine/completion/healing';
import { openDecoderFolder } from '../../../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../../../src/modelFolder/layouts/types';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { root } from '../../../support/paths';
import { noPause } from '../../../support/scriptedDecoder';

describe('Healing', () => {
  let folder: DecoderFolder;
  let tokenizer: Tokenizer;

  before(async () => {
    folder = {
      ...(await openDecoderFolder(join(root, 'models/decoder'))),
      promptLayout: 'left-to-right',
      tokens: {},
      stopTokens: [],
    };
    tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
  });

  const bytes = (text: string) => new Uint8Array(Buffer.from(text));
  const texts = (ids: readonly number[]) =>
    ids.map((id) => Buffer.from(tokenizer.bytesOf(id) ?? []).toString('latin1'));
  const single = (byte: number) =>
    Array.from({ length: tokenizer.vocabularySize }, (_, id) => id).find((id) => {
      const token = tokenizer.bytesOf(id);
      return token?.length === 1 && token[0] === byte;
    })!;
  const allowed = (healing: Healing) => {
    const { allows } = healing;
    return allows && Array.from({ length: tokenizer.vocabularySize }, (_, id) => id).filter(allows);
  };

  it('allows the tokens that begin with the bytes and those that the bytes begin with, to the byte', () => {
    for (const text of ['ret', '    ', '(', 'ß', '\n']) {
      const wanted = bytes(text);
      const expected = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id).filter((id) => {
        const token = Buffer.from(tokenizer.bytesOf(id) ?? []);
        return (
          token.length > 0 &&
          (token.subarray(0, wanted.length).equals(wanted) ||
            Buffer.from(wanted).subarray(0, token.length).equals(token))
        );
      });
      assert.deepEqual(allowed(new Healing(tokenizer, wanted)), expected);
      assert.ok(expected.length > 0, text);
    }
  });

  it('goes on with the bytes that are left, and allows anything behind them', () => {
    const healing = new Healing(tokenizer, bytes('return'));
    const first = tokenizer.encode('r')[0]!;
    healing.push(first);
    assert.ok(texts(allowed(healing)!).every((text) => text.startsWith('eturn') || 'eturn'.startsWith(text)));
    healing.push(tokenizer.encode('e')[0]!);
    for (const id of tokenizer.encode('turn (')) healing.push(id);
    assert.equal(healing.allows, undefined);
  });

  it('gives none of the characters that stand before the cursor, whatever tokens write them again', async () => {
    for (const [prefix, rest] of [
      ['const size = ret', 'urned'],
      ['x =', ' 1;'],
      ['s = "größ', 'e";'],
      ['t = "👍', ' good";'],
      ['if (a) {\n    ', 'return b;'],
    ] as const) {
      // Writes the text in single bytes, and then in as few tokens as there are: always among what is allowed.
      for (const inPieces of [true, false]) {
        let script: number[] = [];
        const decoder: Pick<Decoder, 'generate'> = {
          generate({ prompt, allows, onToken }) {
            const before = Buffer.concat(Array.from(prompt, (id) => tokenizer.bytesOf(id) ?? new Uint8Array()));
            const text = bytes(`${prefix}${rest}`).subarray(before.length);
            assert.ok(before.length < bytes(prefix).length, prefix);
            const whole = Buffer.from(text).toString();
            script = inPieces || whole.includes('\ufffd') ? Array.from(text, single) : tokenizer.encode(whole);
            const tokens: Generated['tokens'][number][] = [];
            for (const id of script) {
              assert.ok(allows?.()?.(id) ?? true, `${prefix}: ${texts([id])[0]}`);
              tokens.push({ id, logprob: -0.1 });
              onToken?.({ id, logprob: -0.1 });
            }
            return Promise.resolve({
              tokens,
              finish: 'length',
              reusedTokens: 0,
              prefillTokens: prompt.length,
              prefillMs: 1,
              decodeTokens: 0,
              decodeMs: 2,
            });
          },
        };
        let heard = '';
        const params = {
          model: folder.path,
          path: 'a.ts',
          context: [],
          prefix,
          suffix: '',
          mode: 'line',
          maxTokens: 16,
        } as const;
        const result = await new CompletionModel(folder, tokenizer, decoder).complete(
          { ...params, context: [] },
          noPause,
          (piece) => (heard += piece),
        );
        assert.deepEqual([result.text, heard], [rest, rest], prefix);
        assert.equal(result.tokens.map(({ text }) => text).join(''), rest);
        assert.equal(result.tokens.length, script.length);
      }
    }
  });
});

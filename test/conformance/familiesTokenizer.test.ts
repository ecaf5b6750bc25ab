import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { readExpected, unpackFamily } from '../support/families';
import { tokenizerTexts } from '../support/tokenizerTexts';

/** Two bytes for each text: of a hash of the ids that Python's `tokenizers` gives it; see texts.py beside the fixtures. */
interface Expected {
  readonly texts: number;
  readonly seed: number;
  readonly tokens: number;
  readonly hashes: string;
}

const insidePair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && (text.codePointAt(at - 1) ?? 0) > 0xffff;

const names = ['qwen', 'phi', 'smollm', 'bert', 'bert-cased', 'llama', 'gemma', 't5'];

for (const name of names) {
  describe(`the tokenizer of ${name}`, () => {
    let tokenizer: Tokenizer;
    let expected: Expected;
    let texts: string[];

    before(async () => {
      const folder = await unpackFamily(`tokenizer-${name}`);
      tokenizer = Tokenizer.create(JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')));
      expected = readExpected(folder) as Expected;
      texts = tokenizerTexts(expected.texts, expected.seed);
    });

    it('gives 10,000 texts the ids that Python gives them', () => {
      const hashes = Buffer.from(expected.hashes, 'base64');
      assert.equal(texts.length, 10_000);
      let tokens = 0;
      const different = texts.filter((text, at) => {
        const ids = tokenizer.encode(text);
        tokens += ids.length;
        return (crc32(ids.join(',')) & 0xffff) !== hashes.readUInt16LE(2 * at);
      });
      assert.deepEqual(different.slice(0, 5), [], `${different.length} texts differ`);
      assert.equal(tokens, expected.tokens);
    });

    it('points at the text that each token stands for', () => {
      for (const text of texts.slice(0, 3_000)) {
        const { ids, ranges } = tokenizer.encodeWithRanges(text);
        assert.deepEqual(Array.from(ids), tokenizer.encode(text));
        assert.equal(ranges.length, 2 * ids.length);
        let [from, to] = [0, 0];
        for (let at = 0; at < ids.length; at++) {
          const [start, end] = [ranges[2 * at]!, ranges[2 * at + 1]!];
          const shared = start === from && end === to;
          assert.ok(shared || start >= to, `${JSON.stringify(text)}: token ${at} begins at ${start}, before ${to}`);
          assert.ok(
            end >= start && end <= text.length && !insidePair(text, start) && !insidePair(text, end),
            JSON.stringify(text),
          );
          [from, to] = [start, end];
        }
      }
    });

    it('never gives a special token to the spelling of one', () => {
      const special = new Set(tokenizer.specialIds);
      // Words that no vocabulary of this size knows are the unknown token, in vocabularies that have one.
      const unknown = tokenizer.special('[UNK]') ?? tokenizer.special('<unk>');
      assert.ok(special.size > 0);
      for (const text of ['<s>', '</s>', '<pad>', '<bos>', '[CLS]', '[SEP]', '<|endoftext|>']) {
        for (const id of tokenizer.encode(`a ${text} b`))
          assert.ok(id === unknown || !special.has(id), `${text} gave ${id}`);
      }
    });
  });
}

describe('ranges through normalisation', () => {
  const rangesOf = async (name: string, text: string) => {
    const folder = await unpackFamily(`tokenizer-${name}`);
    const { ranges } = Tokenizer.create(
      JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')),
    ).encodeWithRanges(text);
    return Array.from({ length: ranges.length / 2 }, (_, at) => text.slice(ranges[2 * at], ranges[2 * at + 1]));
  };

  it('leave out what no token stands for', async () => {
    const pieces = await rangesOf('bert', '  É\u0000t\u0301é\t(数)  ');
    assert.ok(
      pieces.every((piece) => piece !== '' && piece.trim() === piece),
      JSON.stringify(pieces),
    );
    assert.deepEqual(pieces.slice(-3), ['(', '数', ')']);
  });

  it('take a letter whole that became several', async () => {
    const pieces = await rangesOf('t5', 'a ﬁ ½');
    assert.ok(pieces.length > 3);
    assert.equal([...new Set(pieces)].join('').replaceAll(' ', ''), 'aﬁ½');
  });
});

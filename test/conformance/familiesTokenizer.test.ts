import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { tokenizerOf } from '../../src/modelFolder/gguf/tokenizer';
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

for (const name of ['llama', 'gemma']) {
  describe(`the tokenizer of ${name}, as a GGUF file states it by scores`, () => {
    it('has the merges of its tokenizer.json, and gives 10,000 texts the same ids', async () => {
      const folder = await unpackFamily(`tokenizer-${name}`);
      const json = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as Definition;
      const written = tokenizerOf(metadataOf(json));
      assert.deepEqual(written.model.merges, json.model.merges);
      const { texts, seed, hashes, tokens } = readExpected(folder) as Expected;
      const tokenizer = Tokenizer.create(written);
      const wanted = Buffer.from(hashes, 'base64');
      let count = 0;
      for (const [at, text] of tokenizerTexts(texts, seed).entries()) {
        const ids = tokenizer.encode(text);
        count += ids.length;
        assert.equal(crc32(ids.join(',')) & 0xffff, wanted.readUInt16LE(2 * at), JSON.stringify(text));
      }
      assert.equal(count, tokens);
    });
  });
}

interface Definition {
  readonly normalizer: { readonly type: string };
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly [string, string][] };
}

/** sentencepiece's scores of byte pairs fall with the ids. */
function metadataOf({ normalizer, added_tokens, model }: Definition): Record<string, unknown> {
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  for (const { content, id } of added_tokens) tokens[id] = content;
  const control = new Set(added_tokens.map(({ content }) => content));
  const typeOf = (token: string): number =>
    token === '<unk>' ? 2 : control.has(token) ? 3 : /^<0x..>$/.test(token) ? 6 : 1;
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': tokens.map((_, id) => -id),
    'tokenizer.ggml.token_type': tokens.map(typeOf),
    'tokenizer.ggml.add_bos_token': false,
    'tokenizer.ggml.add_space_prefix': normalizer.type === 'Sequence',
  };
}

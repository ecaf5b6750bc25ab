import fc from 'fast-check';
import assert from 'node:assert/strict';
import * as v from 'valibot';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { tokenizerOf } from '../../../../src/modelFolder/gguf/tokenizer';
import { Aligned } from '../../../../src/modelFolder/tokenizer/aligned';
import { readFrame } from '../../../../src/modelFolder/tokenizer/frame';
import { createPreTokenizer, preTokenizer } from '../../../../src/modelFolder/tokenizer/preTokenization';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { sourceText } from '../../../support/texts';
import { definition, referenceGroups, variantNamed } from '../../../support/tokenizers';

const special = new Set(definition.added_tokens.map(({ id }) => id));
const tokens = Object.entries(definition.model.vocab)
  .sort(([, a], [, b]) => a - b)
  .map(([token]) => token);
const types: number[] = tokens.map((_, id) => (special.has(id) ? 3 : 1));

/** The tokenizer of test/fixtures/tokenizer, as a GGUF file states it. */
const metadata = {
  'tokenizer.ggml.model': 'gpt2',
  'tokenizer.ggml.pre': 'smollm',
  'tokenizer.ggml.tokens': tokens,
  'tokenizer.ggml.token_type': types,
  'tokenizer.ggml.merges': definition.model.merges.map((pair) => pair.join(' ')),
  'tokenizer.ggml.bos_token_id': 1,
  'tokenizer.ggml.eos_token_id': 2n,
};
const written = (keys: Record<string, unknown> = {}) => tokenizerOf({ ...metadata, ...keys });

describe('the tokenizer of a GGUF file', () => {
  it('gives the ids of Python where digits stand apart', () => {
    const { texts, ids } = referenceGroups.find(({ name }) => name === 'classic')!;
    for (const pre of ['smollm', 'starcoder']) {
      const tokenizer = Tokenizer.create(written({ 'tokenizer.ggml.pre': pre }));
      texts.forEach((text, at) => assert.deepEqual(tokenizer.encode(text), ids[at], JSON.stringify(text)));
    }
  });

  it('gives the ids of the tokenizer.json of Qwen 2', () => {
    const steps = variantNamed('modern');
    const expected = Tokenizer.create({ ...steps, model: { ...steps.model, ignore_merges: false } });
    const tokenizer = Tokenizer.create(written({ 'tokenizer.ggml.pre': 'qwen2' }));
    fc.assert(fc.property(sourceText, (text) => assert.deepEqual(tokenizer.encode(text), expected.encode(text))));
  });

  /** Where Python's `tokenizers` cuts, by `pre_tokenizer.pre_tokenize_str`. */
  const cuts: Record<string, [text: string, pieces: string][]> = {
    smollm: [
      ['a1234 12', 'a·1·2·3·4· ·1·2'],
      ['a);\n\nb   c', 'a·);·\n·\n·b·  · c'],
      ["it's IT'S $x ~|", "it·'s· IT·'·S· $·x· ~|"],
    ],
    'gpt-2': [['a1234 12', 'a·1234· 12']],
    default: [
      ['a+=b1234 12', 'a·+=·b·123·4· ·12'],
      ["it's IT'S $x ~|", "it·'·s· IT·'·S· ·$·x· ·~|"],
    ],
    qwen2: [
      ['a1234 12', 'a·1·2·3·4· ·1·2'],
      ['a);\n\nb   c', 'a·);\n\n·b·  · c'],
    ],
    'llama-bpe': [
      ['a1234 12', 'a·123·4· ·12'],
      ["it's IT'S $x ~|", "it·'s· IT·'S· $·x· ~|"],
    ],
  };
  for (const [pre, texts] of Object.entries(cuts)) {
    it(`cuts a text as the models of its name do: ${pre}`, () => {
      const split = createPreTokenizer(v.parse(preTokenizer, written({ 'tokenizer.ggml.pre': pre }).pre_tokenizer));
      for (const [text, pieces] of texts) {
        const { ranges } = split({ text: new Aligned(text), ranges: [[0, text.length]] });
        assert.equal(ranges.map(([start, end]) => text.slice(start, end)).join('·'), pieces);
      }
    });
  }

  it('has the special tokens that the file marks, and none that it calls unused', () => {
    // Converters fill a vocabulary up to the model's size.
    const filled = { 'tokenizer.ggml.tokens': [...tokens, '[PAD0]'], 'tokenizer.ggml.token_type': [...types, 5] };
    const json = written(filled);
    assert.ok(!Object.hasOwn(json.model.vocab, '[PAD0]'));
    const tokenizer = Tokenizer.create(json);
    assert.deepEqual(tokenizer.specialIds, [...special]);
    assert.equal(tokenizer.special('<|file|>'), 0);
    assert.equal(tokenizer.bytesOf(tokens.length), undefined);
  });

  it('finds a token of the user in a text before anything else', () => {
    const id = tokens.length;
    const keys = { 'tokenizer.ggml.tokens': [...tokens, 'a b'], 'tokenizer.ggml.token_type': [...types, 4] };
    const tokenizer = Tokenizer.create(written(keys));
    const { ids, ranges } = tokenizer.encodeWithRanges('(a b)');
    assert.deepEqual([ids[1], ...ranges.slice(2, 4)], [id, 1, 4]);
    assert.equal(tokenizer.decode(ids), '(a b)');
  });

  it('puts the tokens around a text that the file asks for', () => {
    const around = (keys: Record<string, unknown>) => readFrame(written(keys));
    assert.deepEqual(around({}), { before: [], after: [] });
    assert.deepEqual(around({ 'tokenizer.ggml.add_bos_token': true }), { before: [1], after: [] });
    assert.deepEqual(around({ 'tokenizer.ggml.pre': 'llama-bpe' }), { before: [1], after: [] });
    const both = { 'tokenizer.ggml.add_bos_token': true, 'tokenizer.ggml.add_eos_token': true };
    assert.deepEqual(around(both), { before: [1], after: [2] });
    const neither = { 'tokenizer.ggml.pre': 'llama-bpe', 'tokenizer.ggml.add_bos_token': false };
    assert.deepEqual(around(neither), { before: [], after: [] });
  });

  const refused: Record<string, [Record<string, unknown>, RegExp]> = {
    'no vocabulary': [{ 'tokenizer.ggml.tokens': undefined }, /tokenizer\.ggml\.tokens is missing/],
    'another kind': [{ 'tokenizer.ggml.model': 'bert' }, /of the kind "bert"/],
    'no merges': [{ 'tokenizer.ggml.merges': undefined }, /has no tokenizer\.ggml\.merges/],
    'sentencepiece without scores': [{ 'tokenizer.ggml.model': 'llama' }, /has no tokenizer\.ggml\.scores/],
    'scores of other tokens': [
      { 'tokenizer.ggml.model': 'llama', 'tokenizer.ggml.scores': [0, 1] },
      /one score for each token/,
    ],
    'a name that is not known': [{ 'tokenizer.ggml.pre': 'oracle' }, /pre-tokenizer "oracle" is not known/],
    'types of other tokens': [{ 'tokenizer.ggml.token_type': [1, 1] }, /one token_type for each token/],
    'a merge of one': [{ 'tokenizer.ggml.merges': ['ab'] }, /merge 0 is not a pair/],
    'a token around the text that is nowhere': [
      { 'tokenizer.ggml.add_bos_token': true, 'tokenizer.ggml.bos_token_id': 1e6 },
      /\(bos\).* missing/,
    ],
  };
  for (const [name, [keys, sentence]] of Object.entries(refused)) {
    it(`is refused in one sentence: ${name}`, () => {
      assert.throws(
        () => written(keys),
        (error: unknown) =>
          error instanceof EngineError &&
          error.code === 'modelInvalid' &&
          /^The tokenizer of the GGUF file cannot be used: [^\n]*\.$/.test(error.message) &&
          sentence.test(error.message),
      );
    });
  }
});

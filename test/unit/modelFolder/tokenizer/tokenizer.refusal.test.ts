import assert from 'node:assert/strict';
import { definition } from '../../../support/tokenizers';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';

const { model } = definition;
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
const split = (rule: object): object => ({
  type: 'Split',
  pattern: { Regex: '\\s+' },
  behavior: 'Isolated',
  invert: false,
  ...rule,
});
const sequence = (...pretokenizers: object[]): object => ({
  ...definition,
  pre_tokenizer: { type: 'Sequence', pretokenizers },
});

const refused: Record<string, [unknown, RegExp]> = {
  nothing: [undefined, /the file should be Object/],
  'a list': [[], /model is missing/],
  'another model': [{ ...definition, model: { ...model, type: 'Oracle' } }, /of the type "Oracle"/],
  'words of bytes': [{ ...definition, model: { type: 'WordPiece', vocab: model.vocab } }, /lacks \[UNK\]/],
  'likelihoods of nothing': [{ ...definition, model: { type: 'Unigram', vocab: [['a', -1]] } }, /unk_id is missing/],
  'a table that is cut off': [
    { ...definition, normalizer: { type: 'Precompiled', precompiled_charsmap: 'AQAA' } },
    /charsmap is cut off/,
  ],
  'no vocabulary': [{ ...definition, model: { ...model, vocab: undefined } }, /model\.vocab is missing/],
  'a token without an id': [
    { ...definition, model: { ...model, vocab: { ...model.vocab, odd: '7' } } },
    /token "odd" has no valid id/,
  ],
  'an id out of all proportion': [
    { ...definition, model: { ...model, vocab: { ...model.vocab, odd: 1e9 } } },
    /token "odd" has no valid id/,
  ],
  'an added token out of all proportion': [
    { ...definition, added_tokens: [{ id: 1e9, content: '<x>' }] },
    /added token has an id/,
  ],
  'a missing byte': [
    { ...definition, model: { ...model, vocab: { ...model.vocab, A: undefined } } },
    /token "A" has no valid id/,
  ],
  'a merge of three': [{ ...definition, model: { ...model, merges: ['a b c'] } }, /merge 0 is not a pair/],
  'a merge of unknown tokens': [{ ...definition, model: { ...model, merges: [['a', 'zzz']] } }, /merge 0 uses a token/],
  chance: [{ ...definition, model: { ...model, dropout: 0.1 } }, /dropout should be/],
  'a normalizer that changes letters': [{ ...definition, normalizer: { type: 'Rot13' } }, /normalizer.* should be/],
  'bytes too early': [sequence(byteLevel, split({})), /ByteLevel/],
  'a glueing split of what does not match': [
    sequence(split({ behavior: 'MergedWithNext', invert: true }), byteLevel),
    /inverts MergedWithNext/,
  ],
  'a broken expression': [
    sequence(split({ pattern: { Regex: '(' } }), byteLevel),
    /Invalid regular expression|Unterminated/,
  ],
};

describe('a tokenizer that is not understood is refused', () => {
  for (const [name, [json, sentence]] of Object.entries(refused)) {
    it(name, () => {
      const create = (): unknown => Tokenizer.create(json);
      assert.throws(
        create,
        (error: unknown) =>
          error instanceof EngineError &&
          error.code === 'modelInvalid' &&
          /^tokenizer\.json cannot be used: .*\.$/.test(error.message) &&
          sentence.test(error.message),
      );
    });
  }

  it('older files write merges as one string', () => {
    const merges = model.merges.map((pair) => pair.join(' '));
    const text = 'for index, entry in enumerate(entries):\n';
    assert.deepEqual(
      Tokenizer.create({ ...definition, model: { ...model, merges } }).encode(text),
      Tokenizer.create(definition).encode(text),
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mergesByScore, spacesAsMarks } from '../../../../src/modelFolder/gguf/sentencePieces';
import { tokenizerOf } from '../../../../src/modelFolder/gguf/tokenizer';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';

const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);

const tokenizer = (pieces: readonly string[], more: Record<string, unknown> = {}): Tokenizer =>
  Tokenizer.create(
    tokenizerOf({
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.tokens': ['<unk>', '<s>', '</s>', ...bytes, ...pieces],
      'tokenizer.ggml.scores': [...new Array<number>(259).fill(0), ...pieces.map((_, at) => -at)],
      'tokenizer.ggml.token_type': [2, 3, 3, ...bytes.map(() => 6), ...pieces.map(() => 1)],
      ...more,
    }),
  );

describe('a vocabulary with scores', () => {
  it('has all pairs that make a token, the highest score first, then the longest left part', () => {
    assert.deepEqual(mergesByScore(['a', 'b', 'ab', 'ba', 'aba', 'c'], [-1, -2, -5, -4, -3, 0]), [
      ['ab', 'a'],
      ['a', 'ba'],
      ['b', 'a'],
      ['a', 'b'],
    ]);
  });

  it('is cut between characters, not inside of one', () => {
    assert.deepEqual(mergesByScore(['😀', '😀😀', '\ud83d', '\ude00'], [0, 0, 0, 0]), [['😀', '😀']]);
  });

  it('merges by score, whatever the text', () => {
    const found = tokenizer(['▁', 'a', 'b', 'ab', '▁a', '▁ab']);
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'ß', '😀'), maxLength: 24 });
    fc.assert(
      fc.property(texts, (text) => {
        const ids = found.encode(text);
        assert.equal(found.decode(ids), text === '' ? '' : ` ${text}`);
        // "a" and "b" side by side have merged.
        const [a, b] = [260, 261];
        assert.ok(ids.every((id, at) => !(id === a && ids[at + 1] === b)));
      }),
    );
  });

  it('puts no space in front of a text where the file says so', () => {
    const found = tokenizer(['▁', 'a', 'b'], { 'tokenizer.ggml.add_space_prefix': false });
    assert.deepEqual([...found.encode('a b')], [260, 259, 261]);
    assert.equal(found.decode(found.encode('a b')), 'a b');
    assert.notDeepEqual(spacesAsMarks(true), spacesAsMarks(false));
  });

  it('begins with sentencepiece’s own token where the file does not say', () => {
    const keys = {
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.tokens': ['<unk>', '<s>', 'a'],
      'tokenizer.ggml.scores': [0, 0, 0],
    };
    assert.match(JSON.stringify(tokenizerOf(keys).post_processor), /"<s>":\{"id":"<s>","ids":\[1\]/);
    assert.equal(tokenizerOf({ ...keys, 'tokenizer.ggml.add_bos_token': false }).post_processor, null);
  });
});

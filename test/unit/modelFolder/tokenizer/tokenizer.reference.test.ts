import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { definition, referenceGroups, variant, variantNamed } from '../../../support/tokenizers';
import { sourceText } from '../../../support/texts';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';

describe('token ids', () => {
  for (const { name, texts, ids, ...steps } of referenceGroups) {
    it(`are those of the reference implementation: ${texts.length} texts, ${name}`, () => {
      const tokenizer = Tokenizer.create(variant(steps));
      texts.forEach((text, index) => assert.deepEqual(tokenizer.encode(text), ids[index], JSON.stringify(text)));
    });
  }

  for (const [name, json] of Object.entries({ code: definition, modern: variantNamed('modern') })) {
    it(`are those of the library, whatever the text: ${name}`, () => {
      const tokenizer = Tokenizer.create(json);
      const library = new LibraryTokenizer({ ...json, added_tokens: [] }, {});
      const property = fc.property(sourceText, (text) => {
        assert.deepEqual(tokenizer.encode(text), library.encode(text, { add_special_tokens: false }).ids);
      });
      fc.assert(property, { numRuns: 1000 });
    });
  }

  it('do not depend on what was encoded before', () => {
    const warm = Tokenizer.create(definition);
    const property = fc.property(sourceText, (text) => {
      assert.deepEqual(warm.encode(text), Tokenizer.create(definition).encode(text));
    });
    fc.assert(property, { numRuns: 50 });
  });
});

describe('a very long word', () => {
  const words = {
    'one letter': 'a'.repeat(32_768),
    letters: Array.from({ length: 32_768 }, (_, i) => String.fromCharCode(97 + ((i * i * 7 + i) % 26))).join(''),
    ideographs: Array.from({ length: 32_768 }, (_, i) => String.fromCharCode(0x4e00 + ((i * i * 7 + i) % 2_000))).join(
      '',
    ),
    operators: '=>'.repeat(16_384),
    spaces: ' '.repeat(32_768),
  };

  for (const [name, word] of Object.entries(words)) {
    it(`of ${name} takes about as long per character as a short one`, () => {
      const tokenizer = Tokenizer.create(definition);
      // Of the processor, so that a busy machine does not count; of as many characters, so that collected garbage does not.
      const time = (length: number): number => {
        const text = word.slice(0, length);
        const times = Array.from({ length: 5 }, () => {
          const start = process.cpuUsage();
          for (let written = 0; written < word.length; written += length) tokenizer.encode(text);
          const { user, system } = process.cpuUsage(start);
          return user + system;
        });
        return Math.min(...times);
      };
      time(4_096);
      // Linear would be 1; n² would be 8.
      const ratio = time(word.length) / time(4_096);
      assert.ok(ratio < 4, `${ratio.toFixed(1)} times the time for words of 8 times the length`);
    });
  }
});

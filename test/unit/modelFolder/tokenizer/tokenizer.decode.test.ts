import fc from 'fast-check';
import assert from 'node:assert/strict';
import { definition } from '../../../support/tokenizers';
import { sourceText } from '../../../support/texts';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';

const tokenizer = Tokenizer.create(definition);
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
const isWhole = (text: string): boolean => !/\p{Surrogate}/u.test(text);

describe('decoding', () => {
  it('gives back the text, lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(sourceText, (text) => assert.equal(tokenizer.decode(tokenizer.encode(text)), wellFormed(text))),
      { numRuns: 1000 },
    );
  });

  it('streams whole characters only, and the same text in all', () => {
    const property = fc.property(sourceText, (text) => {
      const stream = tokenizer.stream();
      const parts = [...tokenizer.encode(text).map((id) => stream.push(id)), stream.end()];
      assert.ok(parts.every(isWhole));
      assert.equal(parts.join(''), wellFormed(text));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('holds bytes back until their character is complete', () => {
    const stream = tokenizer.stream();
    const ids = Tokenizer.create({ ...definition, model: { ...definition.model, merges: [] } }).encode('é😀');
    assert.deepEqual(
      ids.map((id) => stream.push(id)),
      ['', 'é', '', '', '', '😀'],
    );
    assert.equal(stream.end(), '');
  });

  it('shows what never became whole as U+FFFD', () => {
    const [first] = Tokenizer.create({ ...definition, model: { ...definition.model, merges: [] } }).encode('😀');
    const stream = tokenizer.stream();
    assert.equal(stream.push(first!), '');
    assert.equal(stream.end(), '\ufffd');
    assert.equal(tokenizer.decode([first!]), '\ufffd');
  });

  it('takes any ids', () => {
    const ids = fc.array(fc.integer({ min: -5, max: tokenizer.vocabularySize + 5 }));
    fc.assert(fc.property(ids, (some) => assert.equal(typeof tokenizer.decode(some), 'string')));
    assert.equal(tokenizer.decode([tokenizer.vocabularySize, -1]), '');
  });

  it('gives no text for special tokens', () => {
    const [a] = tokenizer.encode('a');
    assert.equal(tokenizer.decode([a!, ...tokenizer.specialIds, a!]), 'aa');
  });
});

describe('special tokens', () => {
  const texts = definition.added_tokens.map(({ content }) => content);

  it('are known by their text', () => {
    for (const { content, id } of definition.added_tokens) assert.equal(tokenizer.special(content), id);
    assert.equal(tokenizer.special('<|nothing|>'), undefined);
    assert.equal(tokenizer.special('the'), undefined);
  });

  it('never come out of plain text', () => {
    const text = fc
      .array(fc.oneof(fc.constantFrom(...texts), sourceText), { maxLength: 6 })
      .map((parts) => parts.join(''));
    const special = new Set(tokenizer.specialIds);
    const property = fc.property(text, (source) => {
      const ids = tokenizer.encode(source);
      assert.ok(ids.every((id) => !special.has(id)));
      assert.equal(tokenizer.decode(ids), wellFormed(source));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('never come out of plain text, even where merges would lead to one', () => {
    const vocab: Record<string, number> = { ...definition.model.vocab, '<s': 3000, '<s>': 3001 };
    const merges = [
      ['<', 's'],
      ['<s', '>'],
    ];
    const added_tokens = [{ id: 3001, content: '<s>', special: true }];
    const pre_tokenizer = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
    for (const ignore_merges of [false, true]) {
      const trap = Tokenizer.create({
        ...definition,
        added_tokens,
        pre_tokenizer,
        model: { ...definition.model, vocab, merges, ignore_merges },
      });
      assert.deepEqual(trap.encode('<s>'), [3000, vocab['>']]);
    }
  });

  it('are also read from tokenizer_config.json', () => {
    const added = Tokenizer.create(definition, { added_tokens_decoder: { '4000': { content: '<extra>' } } });
    assert.equal(added.special('<extra>'), 4000);
    assert.equal(added.vocabularySize, 4001);
    assert.equal(added.decode([4000]), '');
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exactText, PatternError } from '../../../../src/indexer/ranking/exactText';

const phrase = (text: string) => exactText({ phrases: [text], pattern: undefined })!;
const pattern = (text: string) => exactText({ phrases: [], pattern: text })!;

describe('what stands there to the letter', () => {
  it('is a phrase, in any case unless it has a capital', () => {
    assert.ok(phrase('a b').isIn('x A B') && !phrase('A b').isIn('a b') && phrase('A b').isIn('A b'));
    assert.ok(phrase('getUserBy').isIn('const getUserById = 1') && phrase('ById = (').isIn('getUserById = (id)'));
    assert.deepEqual([...phrase('??=').spansIn('a ??= b ??= c')], [[2, 5], [8, 11]]); // prettier-ignore
    assert.equal(exactText({ phrases: [], pattern: undefined }), undefined);
  });

  it('is a part of any text that it was taken from', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string(),
        (before, part, behind) => {
          assert.ok(phrase(part).isIn(before + part + behind));
        },
      ),
    );
  });

  it('begins where it has to', () => {
    assert.ok(phrase('b').isIn('a b', 3) && !phrase('b').isIn('a b', 2));
  });

  it('is a regular expression, line by line', () => {
    assert.deepEqual([...pattern(String.raw`retr(y|ies)\(\w+`).spansIn('x retry(a) Retries(bc)')], [[2, 9], [11, 21]]); // prettier-ignore
    assert.ok(pattern('^b$').isIn('a\nb\nc') && !pattern('B').isIn('b') && pattern(String.raw`\Sb`).isIn('AB'));
    assert.deepEqual([...pattern('x*').spansIn('abc')], []);
  });

  it('takes time in proportion to the text, and has no look-around', () => {
    // An engine that backtracks would not come to an end.
    assert.ok(!pattern('(a+)+$').isIn('a'.repeat(20_000) + 'b'));
    const isLookAround = (text: string): boolean | undefined => {
      try {
        pattern(text);
        return undefined;
      } catch (error) {
        assert.ok(error instanceof PatternError);
        return error.isLookAround;
      }
    };
    for (const text of ['(?=a)', '(?<!a)b', String.raw`(a)\1`]) assert.equal(isLookAround(text), true, text);
    for (const text of ['(', '[z', 'a{2,1}']) assert.equal(isLookAround(text), false, text);
    fc.assert(fc.property(fc.string(), (text) => assert.notEqual(isLookAround(text), null)));
  });
});

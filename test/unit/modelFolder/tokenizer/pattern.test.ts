import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { boundedSearch } from '../../../../src/modelFolder/tokenizer/boundedSearch';
import { knownPatterns } from '../../../../src/modelFolder/tokenizer/knownPatterns';
import { linearSearch } from '../../../../src/modelFolder/tokenizer/linearSearch';
import { compilePattern, translated } from '../../../../src/modelFolder/tokenizer/pattern';
import type { TextSearch } from '../../../../src/modelFolder/tokenizer/textSearch';

const found = (search: TextSearch, text: string): string[] =>
  Array.from(search[Symbol.matchAll](text), ({ index, 0: match }) => `${index} ${match}`);

/** As V8 has it: of known patterns, and of others whose expression is the same in both worlds. */
const expressions: readonly RegExp[] = [
  ...[...knownPatterns].map((Regex) => compilePattern({ Regex })).filter((search) => search instanceof RegExp),
  /\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+|\p{L}+/gu,
  /\p{L}+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]+|[^\p{White_Space}\p{Alphabetic}]+/gu,
  /\p{Script=Han}+|[一-龥]{2,3}|.|[^\P{L}a-z]+/gu,
  /a*?|(b|c)*d?|\u{1f600}|\u00e9\x41|\s\S/gu,
  /^a|b$|[[\]^-]+|\.|\/|\t+/gu,
  /(?:a|ab)(?:c|bcd)(?:d*)/gu,
  // V8 finds what is nothing but an end of a line inside of characters of two units, too: nobody else does.
  ...['^[ab]+', 'a+$|b', '(a+)+$'].map((Regex) => translated({ Regex })),
];

describe('a search in linear time', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        ...Array.from('abcdABD .-_[]/\n\r\t 09\u0085\u00a0\ufeff\u2028'),
        "'s",
        "'LL",
        'é',
        '龥',
        '😀',
        'ǅ',
        'ʰ',
        '\u0301',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 60,
  });

  for (const expression of expressions) {
    const search = linearSearch(expression);
    if (search === undefined) continue;
    it(`finds what V8 finds: ${expression.source.slice(0, 70)}`, () =>
      fc.assert(fc.property(text, (any) => assert.deepEqual(found(search, any), found(expression, any)))));
  }

  it('takes all known patterns but one with a look ahead of its own', () => {
    const left = expressions.filter((expression) => linearSearch(expression) === undefined);
    assert.deepEqual(
      left.map(({ source }) => source.includes(String.raw`[ \t]+(?=[ \t])`)),
      [true],
    );
  });

  it('takes no look-around, back-reference or name', () => {
    for (const other of [/(?<=a)b/gu, /a(?!b)/gu, /(a)\1/gu, /(?<name>a)/gu, /a{2000}/gu, /a/giu])
      assert.equal(linearSearch(other), undefined, String(other));
  });

  it('takes a pattern that is not known, however it was meant', () => {
    const search = compilePattern({ Regex: '(a+)+$' });
    assert.ok(!(search instanceof RegExp));
    const start = performance.now();
    assert.deepEqual(found(search, `${'a'.repeat(5_000)}!`), []);
    assert.equal(found(search, 'b aaa').length, 1);
    assert.ok(performance.now() - start < 5_000);
  });
});

describe('a search with a deadline', () => {
  it('finds what V8 finds', () => {
    const expression = /(?<=a)b|(c)\1/gu;
    const search = boundedSearch(expression);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 90 }), (any) =>
        assert.deepEqual(found(search, any), found(expression, any)),
      ),
    );
  });

  it('gives up in one sentence', () => {
    const search = compilePattern({ Regex: String.raw`(?:(a+)+\1)+$` });
    const start = performance.now();
    assert.throws(
      () => found(search, `${'a'.repeat(60)}!`),
      (error) => error instanceof EngineError && error.code === 'modelInvalid' && error.message.includes('pattern'),
    );
    assert.ok(performance.now() - start < 5_000);
  });

  it('cuts long texts behind line breaks, and finds the same there', () => {
    const expression = /(?<=\w)\w+|(?<![\w])\w/gu;
    const text = 'const shelf = books;\n'.repeat(2_000);
    assert.deepEqual(found(boundedSearch(expression), text), found(expression, text));
  });
});

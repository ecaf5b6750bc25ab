import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSubsequence } from '../../../../src/features/completion/reuse';
import { bracketsOf, scanAngles, scanBrackets } from '../../../../src/features/completion/brackets';
import { fit } from '../../../../src/features/completion/replaceRange';
import { languages, unknownLanguage } from '../../../../src/syntax/languageTable';
import { languageOf } from '../../../../src/syntax/languages';
import type { Language } from '../../../../src/syntax/languages';
import { at } from './place';

describe('fitting a text to the rest of the line', () => {
  const cases: [name: string, place: string, text: string, inserted: string, replaces: number][] = [
    ['nothing follows', 'log(|\n', 'x);', 'x);', 0],
    ['whitespace follows', 'log(|  \n', 'x);', 'x);', 0],
    ['an auto-closed bracket that the text writes too', 'log(|)\n', 'x);', 'x);', 1],
    ['an auto-closed bracket that the text leaves', 'log(|)\n', 'x', 'x', 0],
    ['an auto-closed bracket, the text closes only its own', 'log(|)\n', 'f(x)', 'f(x)', 0],
    ['an auto-closed bracket, the text closes both', 'log(|)\n', 'f(x))', 'f(x))', 1],
    ['auto-closed quote and bracket', 'log("|")\n', 'hi");', 'hi");', 2],
    ['auto-closed quote and bracket that the text leaves', 'log("|")\n', 'hi', 'hi', 0],
    ['a text over several lines', 'function f(|)\n', 'a) {\n  return a;\n}', 'a) {\n  return a;\n}', 1],
    ['a semicolon that the text writes too', 'a = |;\n', 'b;', 'b;', 1],
    ['brackets around which the text goes on', 'f(|) + g(1)\n', 'x)', 'x', 0],
    ['brackets that belong to the text', 'f(|) + g(1)\n', 'h(x)', 'h(x)', 0],
    ['the whole end of a call', 'f(|, b) {\n', 'a, b) {', 'a', 0],
    ['a comma of the surroundings', '  total: |,\n', 'sum(price, tax)', 'sum(price, tax)', 0],
    ['a comma that the text writes too', '  total: |,\n', 'sum(price, tax),', 'sum(price, tax),', 1],
    ['a colon of the surroundings', 'case |:\n', 'a ? b : c', 'a ? b : c', 0],
    ['a semicolon of the surroundings', 'x = |;\n', "'a;b' + c", "'a;b' + c", 0],
    ['a generic of the surroundings', 'type A = Promise<|>\n', 'Array<User>', 'Array<User>', 0],
    ['a generic that the text closes', 'type A = Promise<|>\n', 'User>', 'User>', 1],
    ['a generic around which the text goes on', 'let a: Map<|> = b\n', 'K, List<V>', 'K, List<V>', 0],
    ['a tag of the surroundings', '<a href="|">\n', '/home', '/home', 0],
    ['one letter in common', 'x = |b + c\n', 'ab', 'ab', 0],
  ];
  for (const [name, place, text, inserted, replaces] of cases) {
    it(name, () => assert.deepEqual(fit(text, at(place), unknownLanguage), { text: inserted, replaces }));
  }
});

describe('fitting in a language', () => {
  const cases: [path: string, place: string, text: string, replaces: number][] = [
    ['a.rs', "fn pick<'a>(items: &[&str], |)\n", "key: &'a str) -> &'a str {", 1],
    ['a.ts', "render(/* can't be empty */ |)\n", 'title);', 1],
    ['a.cpp', "sleep(10'000 + |)\n", "1'000);", 1],
    ['a.md', "don't (|)\n", "isn't) it", 1],
    ['a.py', 'print("hello |")\n', 'world")', 2],
    ['a.py', 'print(f("|"))\n', 'a"))', 3],
  ];
  for (const [path, place, text, replaces] of cases)
    it(`${place.trim()} + ${text} in ${path}`, () =>
      assert.deepEqual(fit(text, at(place), languageOf(path)), { text, replaces }));
});

describe('fitting whatever text to whatever place', () => {
  const piece = fc.constantFrom(
    'f',
    ' ',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '"',
    "'",
    '`',
    ';',
    ',',
    ':',
    '=>',
    '\\',
    'a, b',
    '//',
    "isn't",
  );
  const line = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  const where = fc.record({
    before: line,
    text: line,
    rest: line,
    language: fc.constantFrom(...languages, unknownLanguage),
  });
  const accepted = ({ before, text, rest, language }: Where) => {
    const { text: inserted, replaces } = fit(text, at(`${before}|${rest}\n`), language);
    return { inserted, replaces, whole: before + inserted + rest.slice(replaces) };
  };
  type Where = { before: string; text: string; rest: string; language: Language };

  it('leaves what stood right of the cursor, unless the text itself ends with it', () => {
    fc.assert(
      fc.property(where, (one) => {
        const { inserted, replaces, whole } = accepted(one);
        assert.ok(replaces === 0 || replaces === one.rest.length);
        if (replaces === 0) assert.ok(whole.endsWith(one.rest) && one.text.startsWith(inserted));
        else {
          assert.ok(isSubsequence(one.rest.trim(), inserted));
          assert.ok(inserted.trimEnd().endsWith(/[;,:]*$/.exec(one.rest.trim())?.[0] ?? ''));
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('keeps balanced what was balanced', () => {
    fc.assert(
      fc.property(where, (one) => {
        const { before, text, rest, language } = one;
        const own = scanBrackets(text, language, before);
        fc.pre(own.closesOuter === '' && own.leavesOpen.length === 0 && scanAngles(text).closesOuter === 0);
        const { inserted, replaces, whole } = accepted(one);
        if (replaces > 0) {
          assert.ok(inserted.trimEnd().endsWith(rest.trim()));
          return;
        }
        // What the text loses at its end stands in the rest.
        const lost = text.slice(inserted.length);
        assert.equal(whole, before + text.slice(0, text.length - lost.length) + rest);
        assert.deepEqual(scanBrackets(inserted, language, before).leavesOpen, []);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('brackets', () => {
  it('closed for a partner before the text', () => {
    assert.equal(scanBrackets('x)]', unknownLanguage).closesOuter, ')]');
    assert.equal(scanBrackets('f(x))', unknownLanguage).closesOuter, ')');
    assert.equal(scanBrackets('")" + x)', unknownLanguage).closesOuter, ')');
    assert.equal(scanBrackets('hi")', unknownLanguage, '"').closesOuter, '")');
    assert.equal(scanBrackets('it\\"s")', unknownLanguage, '"').closesOuter, '")');
  });

  it('left open', () => {
    assert.deepEqual(scanBrackets('f(a, [', unknownLanguage).leavesOpen, [')', ']']);
    assert.deepEqual(scanBrackets('f("a', unknownLanguage).leavesOpen, [')', '"']);
    assert.deepEqual(scanBrackets('still inside', unknownLanguage, '"').leavesOpen, []);
  });

  it('in a language', () => {
    const [rust, c, script] = ['a.rs', 'a.c', 'a.ts'].map(languageOf) as [Language, Language, Language];
    assert.equal(scanBrackets("key: &'a str)", rust).closesOuter, ')');
    assert.equal(scanBrackets("10'000)", c).closesOuter, ')');
    assert.equal(scanBrackets('title)', script, "f(/* can't be */ ").closesOuter, ')');
    assert.equal(scanBrackets("isn't)", script, '// f(').closesOuter, ')');
    assert.equal(scanBrackets('say "hi)', script, "log('").closesOuter, '');
  });

  it('of generics and tags, not of arrows and comparisons', () => {
    assert.deepEqual(scanAngles('Array<User>'), { closesOuter: 0, leavesOpen: 0 });
    assert.deepEqual(scanAngles('User>'), { closesOuter: 1, leavesOpen: 0 });
    assert.deepEqual(scanAngles('Map<string, Array<'), { closesOuter: 0, leavesOpen: 2 });
    assert.deepEqual(scanAngles('() => a->b >= c << d < e'), { closesOuter: 0, leavesOpen: 0 });
  });

  it('of a text', () => assert.equal(bracketsOf('f("a")[0]; // x', unknownLanguage), '("")[]'));
});

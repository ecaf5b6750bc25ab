import assert from 'node:assert/strict';
import { bracketsOf, openString, scanBrackets } from '../../../../src/features/completion/brackets';
import { fit } from '../../../../src/features/completion/fit';
import { unknownLanguage } from '../../../../src/syntax/languageTable';
import { at } from './place';

const quotes = unknownLanguage.strings.quotes;

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
    ['one letter in common', 'x = |b + c\n', 'ab', 'ab', 0],
  ];
  for (const [name, place, text, inserted, replaces] of cases) {
    it(name, () => assert.deepEqual(fit(text, at(place), unknownLanguage), { text: inserted, replaces }));
  }
});

describe('brackets', () => {
  it('closed for a partner before the text', () => {
    assert.equal(scanBrackets('x)]', quotes).closesOuter, ')]');
    assert.equal(scanBrackets('f(x))', quotes).closesOuter, ')');
    assert.equal(scanBrackets('")" + x)', quotes).closesOuter, ')');
    assert.equal(scanBrackets('hi")', quotes, '"').closesOuter, '")');
    assert.equal(scanBrackets('it\\"s")', quotes, '"').closesOuter, '")');
  });

  it('left open', () => {
    assert.deepEqual(scanBrackets('f(a, [', quotes).leavesOpen, [')', ']']);
    assert.deepEqual(scanBrackets('f("a', quotes).leavesOpen, [')', '"']);
    assert.deepEqual(scanBrackets('still inside', quotes, '"').leavesOpen, []);
  });

  it('the string in which a line ends', () => {
    assert.equal(openString('log("a', quotes), '"');
    assert.equal(openString('log("a" + f(', quotes), undefined);
    assert.equal(openString('log(\'say "hi', quotes), "'");
  });

  it('of a text', () => assert.equal(bracketsOf('f("a")[0]; // x', quotes), '("")[]'));
});

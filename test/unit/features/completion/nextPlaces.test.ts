import assert from 'node:assert/strict';
import { placeAfter, placeOnNextLine } from '../../../../src/features/completion/nextPlaces';
import { languageOf } from '../../../../src/syntax/languages';
import { at } from './place';

const shown = (place: { prefix: string; suffix: string } | undefined): string | undefined =>
  place && `${place.prefix}|${place.suffix}`;

describe('the place after a suggestion was taken', () => {
  it('stands behind the text, which took the place of what it replaces', () => {
    assert.equal(shown(placeAfter(at('log(|);\nb'), { text: 'x);', replaces: 2 })), 'log(x);|\nb');
    assert.equal(shown(placeAfter(at('log(|);\nb'), { text: 'x', replaces: 0 })), 'log(x|);\nb');
  });
});

describe('the place on the next line', () => {
  const cases: [name: string, before: string, path: string, expected: string | undefined][] = [
    ['is indented like the line', '  a();|\n  b();', 'a.ts', '  a();\n  |\n  b();'],
    ['is indented further behind an opening bracket', 'if (a) {|\n  b();', 'a.ts', 'if (a) {\n  |\n  b();'],
    ['is indented further behind a colon of Python', 'if a:|\n', 'a.py', 'if a:\n    |\n'],
    ['is indented with tabs where the text is', 'f() {\n\tif (a) {|\n', 'a.go', 'f() {\n\tif (a) {\n\t\t|\n'],
    ['loses the blanks behind the cursor', 'a();| \nb', 'a.ts', 'a();\n|\nb'],
    ['is none where something stands behind the cursor', 'f(|)', 'a.ts', undefined],
    ['is none on a blank line', '  |\n', 'a.ts', undefined],
  ];
  for (const [name, before, path, expected] of cases)
    it(name, () => assert.equal(shown(placeOnNextLine(at(before), languageOf(path))), expected));
});

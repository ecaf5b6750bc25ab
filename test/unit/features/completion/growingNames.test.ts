import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { hasGrowingNames } from '../../../../src/features/completion/growingNames';

const word = fc.stringMatching(/^[a-z]{4,8}$/);
/** How names are put together, and what stands between them. */
const spelling = fc.constantFrom(
  (words: readonly string[]) =>
    words.map((one, at) => (at === 0 ? one : one.slice(0, 1).toUpperCase() + one.slice(1))).join(''),
  (words: readonly string[]) => words.join('_'),
);
const separator = fc.constantFrom(', ', ',\n  ', ' = ', '; ', ' | ', "', '", ' && ');

describe('names that grow', () => {
  it('by what they have already are found from the third on, however they are spelled and separated', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 3, maxLength: 6 }),
        fc.nat(),
        spelling,
        separator,
        fc.boolean(),
        (words, count, spell, between, isAtEnd) => {
          const added = words.slice(words.length - 1 - (count % (words.length - 2)));
          const stem = words.slice(0, words.length - added.length);
          const names = [0, 1, 2].map((times) => {
            const more = Array.from({ length: times }, () => added).flat();
            return spell(isAtEnd ? [...stem, ...more] : [...more, ...stem]);
          });
          assert.ok(hasGrowingNames(`const { ${names.join(between)} } = this;`));
        },
      ),
    ));

  it('are found where each of five begins with the one before', () =>
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 5, maxLength: 8 }), spelling, separator, (words, spell, between) =>
        assert.ok(hasGrowingNames(words.map((_, at) => spell(words.slice(0, at + 1))).join(between))),
      ),
    ));

  it('are none where names share a beginning, as in imports, enums and tables', () =>
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 3 }),
        fc.uniqueArray(word, { minLength: 2, maxLength: 30 }),
        spelling,
        separator,
        (stem, ends, spell, between) => {
          const own = ends.filter((one) => !stem.includes(one));
          assert.ok(!hasGrowingNames(own.map((end) => spell([...stem, end])).join(between)));
        },
      ),
    ));

  it('are none where names are numbered', () =>
    fc.assert(
      fc.property(word, fc.integer({ min: 2, max: 40 }), separator, (stem, count, between) =>
        assert.ok(!hasGrowingNames(Array.from({ length: count }, (_, at) => `${stem}${at}`).join(between))),
      ),
    ));

  const code = [
    'node.next = node.next.next.next;',
    'import { Node, NodeList, NodeListOf } from "dom";',
    'type Point = Point2 | Point2D | Point3 | Point3D;',
    'if (param.dotDotDotToken) {',
    'test, testTest',
    'AFTER_BODY, AFTER_FRAMESET, AFTER_AFTER_BODY',
    "'SIZEOF_LONG': 8, 'SIZEOF_LONG_DOUBLE': 16, 'SIZEOF_LONG_LONG': 8",
    'STORE_FAST, STORE_FAST__LOAD_FAST, STORE_FAST__STORE_FAST',
    '"no-named-default": no_named_default_default,',
    '/00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff/',
    'const request = requestOf(requestOptions, requestOptionsOf(requestOptionsBody));',
  ];
  for (const text of code) it(`are none in ${text}`, () => assert.ok(!hasGrowingNames(text)));

  it('are in no line of this project', () => {
    const lines = globSync('src/**/*.ts').flatMap((path) => readFileSync(path, 'utf8').split('\n'));
    assert.deepEqual(lines.filter(hasGrowingNames), []);
  });

  it('are found in time that grows with the text', () => {
    // Of the processor: what else runs does not count. Quadratic time would be many times the limit.
    const start = process.cpuUsage();
    hasGrowingNames(Array.from({ length: 20_000 }, (_, at) => `${'aB'.repeat(40)}${at}`).join(','));
    const { user } = process.cpuUsage(start);
    assert.ok(user < 3_000_000, `${user} µs`);
  });
});

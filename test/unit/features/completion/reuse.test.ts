import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSubsequence, mayStillFit, remainingText } from '../../../../src/features/completion/reuse';
import { SuggestionCache } from '../../../../src/features/completion/suggestionCache';
import { at } from './place';

describe('what is left of an offered text', () => {
  const cases: [name: string, offered: string, text: string, now: string, expected: string | undefined][] = [
    ['at the same place it is all of it', 'a.|\n', 'log(x)', 'a.|\n', 'log(x)'],
    ['its first characters were typed', 'a.|\n', 'log(x)', 'a.lo|\n', 'g(x)'],
    ['all of it was typed', 'a.|\n', 'log', 'a.log|\n', undefined],
    ['something else was typed', 'a.|\n', 'log', 'a.m|\n', undefined],
    ['less is there than when it was offered', 'a.b|\n', 'log', 'a.|\n', undefined],
    ['the text before it changed', 'a.|\n', 'log', 'b.l|\n', undefined],
    ['what follows changed', 'a.|\nx', 'log', 'a.l|\ny', undefined],
    ['the editor closed the bracket that was typed', 'a.|\n', 'log(x);', 'a.log(|)\n', 'x);'],
    ['the editor closed bracket and quote', 'a|\n', '.log("x")', 'a.log("|")\n', 'x")'],
    ['what the editor closed is not in the text', 'a.|\n', 'log(x', 'a.log(|)\n', undefined],
    ['what was added is no closer', 'a.|\n', 'log(x);', 'a.log(|y\n', undefined],
    ['over several lines', 'if (a) {|\n', '\n  b();\n}', 'if (a) {\n  b|\n', '();\n}'],
  ];
  for (const [name, offered, text, now, expected] of cases) {
    it(name, () => assert.equal(remainingText({ cursor: at(offered), text }, at(now)), expected));
  }

  it('fits no other document', () =>
    assert.equal(remainingText({ cursor: at('a|'), text: 'bc' }, at('ab|', 'file:///b.ts')), undefined));

  it('fits only while other cells say the same', () => {
    const offered = { ...at('a|'), around: { before: 'b = 1\n\n', after: '' } };
    assert.equal(remainingText({ cursor: offered, text: 'bc' }, { ...offered, prefix: 'ab' }), 'c');
    const changed = { before: 'd = 1\n\n', after: '' };
    assert.equal(
      remainingText({ cursor: offered, text: 'bc' }, { ...offered, prefix: 'ab', around: changed }),
      undefined,
    );
    assert.equal(mayStillFit({ cursor: offered, text: 'b' }, { ...offered, prefix: 'ab', around: changed }), false);
  });

  it('is always the text without what was typed of it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), fc.nat(), (prefix, text, suffix, n) => {
        const typed = text.slice(0, n % text.length);
        const offered = { document: 'd', prefix, suffix };
        assert.equal(
          remainingText({ cursor: offered, text }, { ...offered, prefix: prefix + typed }),
          text.slice(typed.length),
        );
      }),
    );
  });
});

describe('a text that is still being written', () => {
  const cases: [name: string, written: string, now: string, expected: boolean][] = [
    ['suits while nothing is written', '', 'a.lo|\n', true],
    ['suits while it is the beginning of what was typed', 'l', 'a.lo|\n', true],
    ['suits while it goes on from what was typed', 'log(', 'a.lo|\n', true],
    ['does not suit once it took another turn', 'la', 'a.lo|\n', false],
    ['suits when the editor closed a bracket', 'lo', 'a.log(|)\n', true],
    ['does not suit when something was deleted', 'l', 'a|\n', false],
  ];
  for (const [name, written, now, expected] of cases) {
    it(name, () => assert.equal(mayStillFit({ cursor: at('a.|\n'), text: written }, at(now)), expected));
  }
});

describe('a subsequence', () => {
  it('keeps the order', () => {
    assert.equal(isSubsequence(')"', 'x)"'), true);
    assert.equal(isSubsequence('")', 'x)"'), false);
    assert.equal(isSubsequence('))', 'x)'), false);
  });
});

describe('offers', () => {
  it('prefer the newest, and what was used last is the newest', () => {
    const offers = new SuggestionCache<string>();
    offers.add({ cursor: at('a|'), text: 'bcd', value: 'early' });
    offers.add({ cursor: at('ab|'), text: 'cx', value: 'late' });
    assert.equal(offers.find(at('ab|'))?.cached.value, 'late');
    assert.equal(offers.find(at('abcd|')), undefined);
    assert.equal(offers.find(at('a|'))?.cached.value, 'early');
    assert.equal(offers.find(at('ab|'))?.cached.value, 'early');
  });

  it('find the way back after deleting, and the way forward again', () => {
    const offers = new SuggestionCache<number>();
    offers.add({ cursor: at('a|'), text: 'bcd', value: 1 });
    for (const [now, rest] of [
      ['abc|', 'd'],
      ['ab|', 'cd'],
      ['a|', 'bcd'],
      ['ab|', 'cd'],
    ] as const) {
      assert.equal(offers.find(at(now))?.rest, rest);
    }
  });

  it('keep one text for each spot and forget the oldest', () => {
    const offers = new SuggestionCache<number>(2);
    offers.add({ cursor: at('a|'), text: 'x', value: 1 });
    offers.add({ cursor: at('a|'), text: 'y', value: 2 });
    offers.add({ cursor: at('b|'), text: 'x', value: 3 });
    assert.equal(offers.find(at('a|'))?.rest, 'y');
    offers.add({ cursor: at('c|'), text: 'x', value: 4 });
    assert.equal(offers.find(at('b|')), undefined);
  });
});

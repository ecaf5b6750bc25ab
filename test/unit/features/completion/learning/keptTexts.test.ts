import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  distanceWithin,
  KeptTexts,
  looksAfterMs,
  maxKeptLength,
  maxKeptTexts,
} from '../../../../../src/features/completion/learning/keptTexts';
import type { KeptLook } from '../../../../../src/features/completion/learning/keptTexts';
import type { TextChange } from '../../../../../src/features/completion/learning/outcomes';

const uri = 'file:///a.ts';
const line = 'return this.all().filter((book) => book.author === author);';

/** A document that a text is put into, and what is found of it later. */
class Page {
  readonly told: KeptLook<string>[] = [];
  readonly kept = new KeptTexts<string>((look) => this.told.push(look));
  text: string;

  constructor(before: string, taken: string, behind = '\n}\n') {
    this.text = before + taken + behind;
    this.kept.add('it', uri, { offset: before.length, length: taken.length, text: taken.replaceAll('\r\n', '\n') }, 0);
  }

  change(...changes: TextChange[]): this {
    this.kept.edited(uri, changes);
    for (const { rangeOffset, rangeLength, text } of [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset))
      this.text = this.text.slice(0, rangeOffset) + text + this.text.slice(rangeOffset + rangeLength);
    return this;
  }

  found(): { unchanged: boolean; mostly: boolean } {
    this.kept.lookAt(looksAfterMs[0], () => this.text);
    const [{ unchanged, mostly }] = this.told as [KeptLook<string>];
    return { unchanged, mostly };
  }
}

describe('what was taken of a suggestion', () => {
  it('is looked at after 30 seconds and after 5 minutes, then forgotten', () => {
    const page = new Page('{\n', line);
    assert.equal(page.kept.nextLook, 30_000);
    page.kept.lookAt(29_999, () => page.text);
    assert.deepEqual(page.told, []);
    page.kept.lookAt(30_000, () => page.text);
    assert.equal(page.kept.nextLook, 300_000);
    page.kept.lookAt(300_000, () => page.text);
    assert.deepEqual(
      page.told,
      [0, 1].map((look) => ({ about: 'it', look, unchanged: true, mostly: true })),
    );
    assert.equal(page.kept.size, 0);
  });

  it('is unchanged where it only moved', () => {
    const page = new Page('{\n', line);
    page.change({ rangeOffset: 0, rangeLength: 1, text: '// more\nfunction f() {' });
    page.change({ rangeOffset: page.text.length, rangeLength: 0, text: '\nmore' });
    assert.deepEqual(page.found(), { unchanged: true, mostly: true });
  });

  it('is mostly there where a name in it was changed', () => {
    const page = new Page('{\n', line);
    page.change({ rangeOffset: 2 + line.indexOf('=== author'), rangeLength: 10, text: '=== wanted' });
    assert.deepEqual(page.found(), { unchanged: false, mostly: true });
  });

  it('is gone where it was deleted, and where something else was written in its place', () => {
    assert.deepEqual(new Page('{\n', line).change({ rangeOffset: 2, rangeLength: line.length, text: '' }).found(), {
      unchanged: false,
      mostly: false,
    });
    const page = new Page('{\n', line).change({
      rangeOffset: 2,
      rangeLength: line.length,
      text: 'throw new TypeError();',
    });
    assert.deepEqual(page.found(), { unchanged: false, mostly: false });
  });

  it('is found again where a formatter wrote the whole document anew', () => {
    const page = new Page('{\n', line);
    page.change({ rangeOffset: 0, rangeLength: page.text.length, text: `{\n  ${line}\n}\n` });
    assert.deepEqual(page.found(), { unchanged: true, mostly: true });
  });

  it('is found with line ends of two characters', () => {
    assert.deepEqual(new Page('{\r\n', `if (a) {\r\n  ${line}\r\n}`).found(), { unchanged: true, mostly: true });
  });

  it('is not told of where its document is closed, or the computer has slept meanwhile', () => {
    const closed = new Page('{\n', line);
    closed.kept.closed(uri);
    assert.equal(closed.kept.size, 0);
    const asleep = new Page('{\n', line);
    asleep.kept.lookAt(10_000_000, () => asleep.text);
    assert.deepEqual(asleep.told, []);
    assert.equal(asleep.kept.size, 0);
  });

  it('is held in bounds: so many texts, none too long, none longer than 5 minutes, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            wait: fc.nat(60_000),
            text: fc.oneof(fc.string({ maxLength: 20 }), fc.constant('x'.repeat(maxKeptLength + 1)), fc.constant(line)),
            change: fc.record({
              rangeOffset: fc.nat(200),
              rangeLength: fc.nat(200),
              text: fc.string({ maxLength: 10 }),
            }),
          }),
          { maxLength: 120 },
        ),
        (steps) => {
          const told: KeptLook<number>[] = [];
          const kept = new KeptTexts<number>((look) => told.push(look));
          let now = 0;
          for (const [index, { wait, text, change }] of steps.entries()) {
            now += wait;
            kept.add(index, uri, { offset: index, length: text.length, text }, now);
            kept.edited(uri, [change]);
            kept.lookAt(now, () => line);
            assert.ok(kept.size <= maxKeptTexts);
            assert.ok(kept.nextLook === undefined || kept.nextLook > now);
          }
          assert.equal(new Set(told.map(({ about, look }) => `${about} ${look}`)).size, told.length);
          kept.lookAt(now + 300_000, () => line);
          assert.equal(kept.size, 0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the distance between a pattern and the likest stretch of a text', () => {
  it('counts characters put in, left out and replaced', () => {
    assert.equal(distanceWithin('abc', 'xxabcxx'), 0);
    assert.equal(distanceWithin('abc', 'xxabxcxx'), 1);
    assert.equal(distanceWithin('abc', 'xxaxcxx'), 1);
    assert.equal(distanceWithin('abc', ''), 3);
    assert.equal(distanceWithin('', 'abc'), 0);
  });
});

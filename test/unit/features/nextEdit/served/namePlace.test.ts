import assert from 'node:assert/strict';
import fc from 'fast-check';
import { carried, touches } from '../../../../../src/features/nextEdit/served/namePlace';
import type { NamePlace, PlacedChange } from '../../../../../src/features/nextEdit/served/namePlace';
import { offsetAt, positionAt } from '../../../../../src/nearby/edits/placedEdit';

const text = 'const name = 1;\nuse(name);\n\nelse(\n  name,\n);\n';
const placeAt = (start: number, length: number): NamePlace => ({
  path: 'a.ts',
  start: positionAt(text, start),
  end: positionAt(text, start + length),
});
const changeAt = (start: number, length: number, put: string): PlacedChange => ({
  start: positionAt(text, start),
  end: positionAt(text, start + length),
  text: put,
});
const made = (changes: readonly { at: number; length: number; put: string }[]): string =>
  changes.reduceRight((all, { at, length, put }) => all.slice(0, at) + put + all.slice(at + length), text);
const textAt = (now: string, { start, end }: NamePlace): string => now.slice(offsetAt(now, start), offsetAt(now, end));

describe('the place of a name', () => {
  it('is where the name still stands, whatever is changed elsewhere, one or several at once', () => {
    const change = fc.record({ at: fc.nat(text.length), length: fc.nat(5), put: fc.constantFrom('', 'x', '\n', 'ab\ncd', '\r\n') });
    fc.assert(
      fc.property(fc.constantFrom(...[...text.matchAll(/name/g)].map(({ index }) => index)), fc.array(change, { maxLength: 4 }), (at, all) => {
        const apart = all
          .map((one) => ({ ...one, length: Math.min(one.length, text.length - one.at) }))
          .sort((a, b) => a.at - b.at)
          .filter((one, index, sorted) => sorted.slice(0, index).every((above) => above.at + above.length < one.at))
          .filter((one) => one.at > at + 4 || one.at + one.length < at);
        const now = carried(placeAt(at, 4), apart.map((one) => changeAt(one.at, one.length, one.put)), true);
        assert.equal(textAt(made(apart).replaceAll('\r\n', '\n'), now), 'name');
      }),
    );
  });

  const at = text.indexOf('name');
  const after = (start: number, length: number, put: string, grows: boolean): string =>
    textAt(made([{ at: start, length, put }]), carried(placeAt(at, 4), [changeAt(start, length, put)], grows));

  it('has what is put beside the name where it grows, and else the name alone', () => {
    assert.equal(after(at + 4, 0, 'd', true), 'named');
    assert.equal(after(at, 0, 're', true), 'rename');
    assert.equal(after(at + 4, 0, 'd', false), 'name');
    assert.equal(after(at, 0, 're', false), 'name');
  });

  it('has what replaces the name, or some of it', () => {
    for (const grows of [true, false]) {
      assert.equal(after(at, 4, 'title', grows), 'title');
      assert.equal(after(at, 4, '', grows), '');
      assert.equal(after(at + 1, 2, 'oo', grows), 'nooe');
      assert.equal(after(at + 2, 0, 'x', grows), 'naxme');
      assert.equal(after(at - 1, 2, '_', grows), '_ame');
    }
  });

  it('touches what stands right beside it', () => {
    assert.ok(touches(placeAt(at, 4), placeAt(at + 4, 1)) && touches(placeAt(at, 4), placeAt(at - 1, 1)));
    assert.ok(!touches(placeAt(at, 4), placeAt(at + 5, 1)) && !touches(placeAt(at, 4), placeAt(0, at - 1)));
  });
}); // prettier-ignore

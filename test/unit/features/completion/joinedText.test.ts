import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinTexts } from '../../../../src/features/completion/joinedText';

describe('joinTexts', () => {
  it('reads like the joined text, whatever is asked for', () =>
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 8 }), { maxLength: 5 }),
        fc.string({ maxLength: 3 }),
        fc.nat(50),
        fc.nat(50),
        (parts, separator, one, other) => {
          const joined = joinTexts(parts, separator);
          const plain = parts.join(separator);
          const [from, to] = [Math.min(one, other), Math.max(one, other)];
          assert.equal(joined.length, plain.length);
          assert.equal(joined.slice(from, to), plain.slice(from, to));
        },
      ),
    ));

  it('asks only those parts that are read of', () => {
    const untouched = { length: 3, slice: () => assert.fail('not asked for') };
    assert.equal(joinTexts([untouched, 'abc', untouched], '\n').slice(4, 6), 'ab');
  });
});

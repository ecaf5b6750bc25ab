import assert from 'node:assert/strict';
import fc from 'fast-check';
import { offsetAt, placedEdit, positionAt } from '../../../../src/nearby/edits/placedEdit';

const line = fc.constantFrom('', 'a', 'ab', 'abba', '😀', 'a😀b');
const text = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => lines.join('\n'));

describe('an edit at its place', () => {
  it('leads to the same text, is no longer than it has to be, and cuts no letter', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), line, (source, first, second, put) => {
        const [start = 0, end = 0] = [first, second].map((at) => at % (source.length + 1)).sort((a, b) => a - b);
        fc.pre([start, end].every((at) => !/^[\udc00-\udfff]/.test(source.slice(at))));
        const made = source.slice(0, start) + put + source.slice(end);
        const placed = placedEdit('a', source, { start, end, text: put });
        if (placed === undefined) {
          assert.equal(made, source);
          return;
        }
        const [from, to] = [offsetAt(source, placed.start)!, offsetAt(source, placed.end)!];
        assert.equal(source.slice(from, to), placed.old);
        assert.equal(source.slice(0, from) + placed.text + source.slice(to), made);
        assert.ok(placed.old.length <= end - start && placed.text.length <= put.length);
        assert.ok(placed.text.isWellFormed() && placed.old.isWellFormed());
      }),
    );
  });

  it('is told by lines and columns, which lead back to it', () => {
    fc.assert(
      fc.property(text, fc.nat(), (source, at) => {
        const offset = at % (source.length + 1);
        assert.equal(offsetAt(source, positionAt(source, offset)), offset);
      }),
    );
    assert.equal(offsetAt('a\nb', { line: 2, character: 0 }), undefined);
    assert.equal(offsetAt('a\nb', { line: 0, character: 2 }), undefined);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EditHistory } from '../../../../src/nearby/edits/history';

describe('the last edits', () => {
  it('move with what is changed before them', () => {
    const history = new EditHistory();
    history.add('a', { before: 'xx\nb\n', start: 3, end: 4, inserted: 'cd' });
    history.add('b', { before: 'y', start: 0, end: 1, inserted: 'zzz' });
    history.add('a', { before: 'xx\ncd\n', start: 0, end: 2, inserted: 'wider' });
    assert.deepEqual(
      history.edits.map(({ path, start, end }) => [path, start, end]),
      [['a', 6, 8], ['b', 0, 3], ['a', 0, 5]],
    ); // prettier-ignore
  });

  it('leave out blanks, which move others all the same', () => {
    const history = new EditHistory();
    assert.ok(history.add('a', { before: 'a b', start: 2, end: 3, inserted: 'c' }));
    assert.ok(!history.add('a', { before: 'a c', start: 1, end: 2, inserted: '   ' }));
    assert.deepEqual(history.edits.map(({ start }) => start), [4]); // prettier-ignore
  });

  it('stand where their text stands, as long as they are apart, and are few', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60 }), { maxLength: 40 }), (order) => {
        const history = new EditHistory();
        let lines = Array.from({ length: 61 }, (_, at) => `line${at}`);
        for (const at of new Set(order)) {
          const start = lines.slice(0, at).join('\n').length + (at > 0 ? 1 : 0);
          const before = lines.join('\n');
          history.add('a', { before, start, end: start + lines[at]!.length, inserted: `now, longer ${at}` });
          lines = lines.with(at, `now, longer ${at}`);
        }
        const text = lines.join('\n');
        assert.ok(history.edits.length <= 20);
        for (const { start, end } of history.edits) assert.match(text.slice(start, end), /^now, longer \d+$/);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Deletions } from '../../../../src/features/completion/deletions';
import { at } from './place';

/** Goes from place to place, the cursor being `|`. */
function follow(...places: readonly string[]): (text: string) => boolean {
  const deletions = new Deletions();
  for (const place of places) deletions.note(at(place));
  return (text) => deletions.undoes(at(places.at(-1)!), text);
}

describe('Deletions', () => {
  it('knows what was deleted, letter by letter or at once', () => {
    const undoes = follow('call(value|', 'call(valu|', 'call(val|', 'call(|');
    assert.deepEqual(['value', 'value, other)', 'val', 'other', ''].map(undoes), [true, true, true, false, true]);
  });

  it('knows what was deleted behind the cursor, and a selection around it', () => {
    assert.ok(follow('a |bc;', 'a |c;', 'a |;')('bc'));
    assert.ok(follow('a b|c;', 'a |;')('bc'));
  });

  it('lets a letter be put right', () => {
    assert.ok(!follow('call(vau|', 'call(va|')('lue)'));
  });

  it('forgets it where something is typed, changed or asked for elsewhere', () => {
    assert.ok(!follow('call(value|', 'call(|', 'call(v|')('alue'));
    assert.ok(!follow('call(value|', 'coll(|')('value'));
    const deletions = new Deletions();
    for (const place of ['call(value|', 'call(|']) deletions.note(at(place));
    assert.ok(!deletions.undoes(at('other(|'), 'value'));
  });

  it('stays where the same is asked for again', () => {
    assert.ok(follow('call(value|', 'call(|', 'call(|')('value'));
  });

  it('holds for any text that is deleted in any steps', () => {
    const steps = fc.array(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(steps, (pieces) => {
        const deletions = new Deletions();
        for (let left = pieces.length; left >= 0; left--)
          deletions.note({ document: 'a', prefix: `x${pieces.slice(0, left).join('')}`, suffix: '' });
        assert.ok(deletions.undoes({ document: 'a', prefix: 'x', suffix: '' }, pieces.join('')));
      }),
    );
  });
});

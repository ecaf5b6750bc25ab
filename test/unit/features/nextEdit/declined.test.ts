import assert from 'node:assert/strict';
import { DeclinedChanges } from '../../../../src/features/nextEdit/declined';
import { patternOf } from '../../nearby/edits/edits';

describe('a change that was declined', () => {
  const [one, again, other] = ['f([-a][+b+]);', 'g([-a][+b+]);', 'f([-a][+c+]);'].map(patternOf);

  it('is gone after the second time, wherever it was made', () => {
    const declined = new DeclinedChanges();
    declined.add(one!);
    assert.ok(!declined.isGone(one!) && declined.isDeclined(again!) && !declined.isDeclined(other!));
    declined.add(again!);
    assert.ok(declined.isGone(one!) && declined.isGone(again!));
    assert.ok(!declined.isGone(other!));
  });

  it('is told from others by its words, where a language server names it', () => {
    const declined = new DeclinedChanges();
    declined.add('Import a');
    declined.add('Import b');
    declined.add('Import a');
    assert.ok(declined.isGone('Import a') && !declined.isGone('Import b') && !declined.isGone(one!));
  });

  it('is forgotten where it was wanted after all', () => {
    const declined = new DeclinedChanges();
    declined.add(one!);
    declined.accept(again!);
    declined.add(one!);
    assert.ok(!declined.isGone(one!));
  });

  it('counts as before where what was wanted is taken back', () => {
    const declined = new DeclinedChanges();
    declined.add(one!);
    const before = declined.accept(again!);
    assert.ok(before === 1 && !declined.isDeclined(one!));
    declined.add(again!, before);
    assert.ok(declined.isGone(one!));
  });
});

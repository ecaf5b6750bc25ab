import assert from 'node:assert/strict';
import { AcceptedEdits } from '../../../../src/features/nextEdit/acceptedEdits';
import type { AcceptedEdit } from '../../../../src/features/nextEdit/acceptedEdits';

const accepted = (path: string, offset: number, old: string, text: string): AcceptedEdit => ({
  edit: {
    path,
    digest: '',
    start: { line: 0, character: offset },
    end: { line: 0, character: offset + old.length },
    old,
    text,
    why: { kind: 'renamed', from: old, to: text, definition: { path, start: { line: 0, character: 0 } } },
  },
  offset,
  change: `${old} → ${text}`,
  declined: 0,
});

describe('an edit that was accepted', () => {
  const [one, other] = [accepted('a.ts', 4, 'old', 'newer'), accepted('b.ts', 4, 'old', 'newer')];
  const edits = new AcceptedEdits();
  for (const edit of [one, other]) edits.add(edit);
  const back = { offset: 4, length: 5, text: 'old' };

  it('is taken back in its own file, whichever was accepted last', () => {
    assert.equal(edits.undone('a.ts', [back]), one);
    assert.equal(edits.undone('b.ts', [back]), other);
    assert.equal(edits.undone('c.ts', [back]), undefined);
  });

  it('is not taken back by an undo of something else', () => {
    assert.equal(edits.undone('a.ts', [{ ...back, offset: 5 }]), undefined);
    assert.equal(edits.undone('a.ts', [{ ...back, length: 4 }]), undefined);
    assert.equal(edits.undone('a.ts', [{ ...back, text: 'odd' }]), undefined);
    assert.equal(edits.undone('a.ts', [back, { offset: 40, length: 0, text: '' }]), undefined);
    assert.equal(edits.undone('a.ts', []), undefined);
  });

  it('is made again by a redo of it alone', () => {
    const again = { offset: 4, length: 3, text: 'newer' };
    assert.equal(edits.redone('b.ts', [again]), other);
    assert.equal(edits.redone('b.ts', [back]), undefined);
    assert.equal(edits.undone('b.ts', [again]), undefined);
  });
});

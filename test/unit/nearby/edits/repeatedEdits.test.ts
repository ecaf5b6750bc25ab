import assert from 'node:assert/strict';
import { repeatedEdits } from '../../../../src/nearby/edits/repeatedEdits';
import { patternOf } from './edits';

/** Edits of three kinds, told by letters, one after the other. */
const kinds = { a: 'f([-x][+y+]);', b: 'g([-x][+z+]);', c: '[+await +]load();' };
const after = (letters: string) => {
  const edits = Array.from(letters).map((letter, at) => ({
    path: 'a.ts',
    start: at,
    end: at,
    pattern: patternOf(kinds[letter as keyof typeof kinds]),
  }));
  return repeatedEdits(edits).map(({ last, made, ...order }) => ({
    kind: letters[last.start],
    made: made.map(({ start }) => start),
    ...order,
  }));
};

describe('the last edits', () => {
  it('are told apart by what they change, the latest first', () => {
    assert.deepEqual(
      after('abab').map(({ kind, made }) => [kind, made]),
      [['b', [1]], ['a', [0]]],
    ); // prettier-ignore
  });

  it('count with what was made once only where it is the latest, or came after one like it', () => {
    assert.deepEqual(after('abc').map(({ kind }) => kind), ['c']);
    assert.deepEqual(after('aba').map(({ kind }) => kind), ['a', 'b']);
  }); // prettier-ignore

  it('say how long ago that was, and how far apart', () => {
    const [, a] = after('acabbb');
    assert.deepEqual([a!.kind, a!.age, a!.since], ['a', 3, 2]);
  });

  it('say what came after what', () => {
    const b = after('abacaba').find(({ kind }) => kind === 'b')!;
    assert.equal(b.follows, 2);
    assert.equal(b.shareFollows, 2 / 3);
  });

  it('are none where there is none', () => assert.deepEqual(repeatedEdits([]), []));
});

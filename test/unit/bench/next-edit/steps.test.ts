import assert from 'node:assert/strict';
import { Progress, stepBetween } from '../../../bench/next-edit/steps';

const before = new Map([
  ['a.ts', 'one(a);\nkeep;\ntwo(b);\nkeep;\nthree(c);\n'],
  ['b.ts', 'same;\n'],
]);
const after = new Map([
  ['a.ts', 'one(a, 1);\nkeep;\ntwo(b, 1);\nnew;\nkeep;\nthree(c, 1, 2);\n'],
  ['b.ts', 'same;\n'],
]);
const step = stepBetween('p 2', before, after)!;
const [first, second, third] = step.hunks;

/** Which change an insertion behind a text would be right for. */
const right = (progress: Progress, behind: string, text: string) => {
  const start = progress.textOf('a.ts').indexOf(behind) + behind.length;
  return progress.matching('a.ts', start, start, text);
};

describe('a step from one version to the next', () => {
  it('is the changes in their order, made one by one', () => {
    assert.deepEqual(
      step.hunks.map(({ path, line }) => [path, line]),
      [['a.ts', 0], ['a.ts', 2], ['a.ts', 4]],
    ); // prettier-ignore
    const progress = new Progress(step);
    for (const hunk of [second!, first!, third!]) progress.make(hunk);
    assert.equal(progress.textOf('a.ts'), after.get('a.ts'));
  });

  it('takes an edit for right that makes a change, or a part of it that stays', () => {
    const progress = new Progress(step);
    assert.equal(right(progress, 'one(a', ', 1'), first);
    assert.equal(right(progress, 'three(c', ', 1'), third, 'something is still to come there');
    assert.equal(right(progress, 'one(a', ', 2'), undefined);
    assert.equal(right(progress, 'keep', '(a, 1)'), undefined);
    assert.equal(progress.matching('b.ts', 0, 4, 'other'), undefined);
  });

  it('takes nothing for right that is made already', () => {
    const progress = new Progress(step);
    progress.make(first!);
    assert.equal(right(progress, 'one(a', ', 1'), undefined);
    progress.make(second!);
    assert.equal(right(progress, 'three(c', ', 1'), third, 'lines have moved');
  });

  it('is none where nothing changed', () => assert.equal(stepBetween('p', before, before), undefined));
});

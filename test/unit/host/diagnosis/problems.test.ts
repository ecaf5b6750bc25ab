import assert from 'node:assert/strict';
import { RecentProblems } from '../../../../src/host/diagnosis/problems';

describe('RecentProblems', () => {
  it('keeps the last ten, cut', () => {
    const problems = new RecentProblems();
    for (let one = 0; one < 12; one++) problems.add('warn', `${one}`, one);
    problems.add('error', 'x'.repeat(10_000), 12);
    assert.deepEqual(problems.list.map(({ at }) => at), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]); // prettier-ignore
    assert.deepEqual([problems.list.at(-1)!.level, problems.list.at(-1)!.text.length], ['error', 500]);
  });
});

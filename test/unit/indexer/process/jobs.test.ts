import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jobFor, Jobs } from '../../../../src/indexer/process/jobs';
import type { IndexingJob } from '../../../../src/indexer/process/jobs';

const all = (jobs: Jobs): IndexingJob[] => {
  const found: IndexingJob[] = [];
  for (let job = jobs.next(); job !== undefined; job = jobs.next()) found.push(job);
  return found;
};

describe('what is left to look at', () => {
  it('is everything where rules have changed, or too much to list', () => {
    const paths = (count: number) => Array.from({ length: count }, (_, at) => `${at}.ts`);
    const isWhole = (changed?: readonly string[]) =>
      jobFor({ kind: 'changed', root: '/a', ...(changed === undefined ? {} : { paths: changed }) }).paths === undefined;
    assert.deepEqual(jobFor({ kind: 'changed', root: '/a', paths: ['a.ts', 'b'] }), {
      root: '/a',
      paths: new Set(['a.ts', 'b']),
    });
    assert.ok(isWhole() && isWhole(['a.ts', '.gitignore']) && isWhole(['src/.glassboxignore']));
    assert.ok(!isWhole(['my.gitignore', 'gitignore', '.gitignore.old']));
    assert.ok(isWhole(paths(2_001)) && !isWhole(paths(2_000)));
  });

  it('is each root once, with all that was asked for, in the order in which roots were', () => {
    const job = fc.record({ root: fc.nat(3), paths: fc.option(fc.array(fc.nat(5), { maxLength: 3 })) });
    fc.assert(
      fc.property(fc.array(job), (asked) => {
        const jobs = new Jobs();
        for (const { root, paths } of asked)
          jobs.add({ root: `/${root}`, ...(paths === null ? {} : { paths: new Set(paths.map(String)) }) });
        assert.equal(jobs.areLeft, asked.length > 0);
        const found = all(jobs);
        assert.deepEqual(
          found.map(({ root }) => root),
          [...new Set(asked.map(({ root }) => `/${root}`))],
        );
        for (const { root, paths } of found) {
          const own = asked.filter((one) => `/${one.root}` === root);
          const whole = own.some((one) => one.paths === null);
          assert.deepEqual(paths, whole ? undefined : new Set(own.flatMap((one) => one.paths!.map(String))));
        }
        assert.ok(!jobs.areLeft);
      }),
    );
  });

  it('begins with what was used lately in each root', () => {
    const jobs = new Jobs();
    const root = { store: '', excludes: [] };
    jobs.addAll([{ ...root, path: '/a', first: [] }, { ...root, path: '/b', first: ['x.ts'] }]); // prettier-ignore
    assert.deepEqual(all(jobs), [{ root: '/b', paths: new Set(['x.ts']) }, { root: '/a' }, { root: '/b' }]);
  });
});

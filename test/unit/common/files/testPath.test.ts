import assert from 'node:assert/strict';
import { isTest } from '../../../../src/common/files/testPath';

describe('files of tests', () => {
  it('are told by their folders and names', () => {
    for (const path of ['test/a.ts', 'src/__tests__/a.js', 'a.spec.ts', 'x/test_a.py', 'a_test.go', 'src/mocks/a.ts'])
      assert.ok(isTest(path), path);
    for (const path of ['src/contest.ts', 'latest/a.ts', 'src/testing.ts', 'specification.md', 'attest_a.py'])
      assert.ok(!isTest(path), path);
  });
});

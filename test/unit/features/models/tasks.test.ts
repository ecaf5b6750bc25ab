import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readTasks } from '../../../../src/features/models/tasks';
import { root } from '../../../support/paths';

describe('the tasks of a trial', () => {
  it('are forty places at which a line goes on, in at most 60 KB, three languages taking turns', async () => {
    const tasks = await readTasks(root);
    assert.equal(tasks.length, 40);
    assert.ok(statSync(join(root, 'models/trial/tasks.json')).size <= 60_000);
    for (const { prefix, suffix, expected } of tasks) {
      assert.ok(expected.trim() === expected && !expected.includes('\n') && expected.length >= 8, expected);
      assert.ok(suffix === '' || suffix.startsWith('\n'), suffix);
      assert.ok(prefix.length <= 1_000 && suffix.length <= 300);
    }
    const endings = tasks.slice(0, 10).map(({ path }) => path.replace(/.*\./, ''));
    assert.deepEqual(new Set(endings), new Set(['ts', 'py', 'mjs']));
  });
});

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/paths';

describe('the extension', () => {
  it('never raises a notification: what goes wrong stands in the status item and the log', () => {
    const files = globSync('src/**/*.ts', { cwd: root });
    assert.ok(files.length > 20);
    const loud = files.filter((file) => /\bshow(Error|Warning|Information)Message\b/.test(readFileSync(join(root, file), 'utf8')));
    assert.deepEqual(loud, []);
  });
});

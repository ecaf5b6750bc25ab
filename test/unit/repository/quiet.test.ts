import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from '../../support/paths';

describe('the extension', () => {
  // A command may answer with one; what runs by itself must not.
  const commands = ['search', 'summarize', 'inspector'];

  it('never raises a notification by itself: what goes wrong stands in the status item and the log', () => {
    const files = globSync('src/**/*.ts', { cwd: root }).filter(
      (file) => !commands.some((folder) => file.startsWith(join('src', 'features', folder) + sep)),
    );
    assert.ok(files.length > 20);
    const loud = files.filter((file) =>
      /\bshow(Error|Warning|Information)Message\b/.test(readFileSync(join(root, file), 'utf8')),
    );
    assert.deepEqual(loud, []);
  });
});

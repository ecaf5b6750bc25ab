import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from '../../support/paths';

/** The one module that shows messages. */
const messages = join('src', 'host', 'notice.vscode.ts');
/** A command may answer with a message; what runs by itself must not. */
const commands = ['search', 'summarize', 'inspector', 'nextEdit', 'models'].map(
  (folder) => join('src', 'features', folder) + sep,
);

const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => file !== messages);
const thatSay = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')));

describe('the extension', () => {
  it('shows messages through one module', () => {
    assert.ok(files.length > 20);
    assert.deepEqual(thatSay(/\bshow(Error|Warning|Information)Message\b/), []);
  });

  it('never raises a notification by itself: what goes wrong stands in the status item and the log', () => {
    const showing = thatSay(/host\/notice\.vscode'/);
    assert.ok(showing.length > 0);
    assert.deepEqual(
      showing.filter((file) => !commands.some((folder) => file.startsWith(folder))),
      [],
    );
  });
});

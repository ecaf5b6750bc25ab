import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isReachable } from '../../../src/nearby/reachable';
import { makeFolder } from '../../support/folder';

describe('files that an import may mean', () => {
  it('lie in the folder, and no link leads to them', async () => {
    const outside = makeFolder({ 'w/src/a.ts': '', 'other/b.ts': '', '.env': '' });
    const root = join(outside, 'w');
    symlinkSync(join(outside, 'other'), join(root, 'lib'));
    symlinkSync(join(outside, '.env'), join(root, 'helpers.ts'));
    const reach = (path: string) => isReachable(root, join(root, path));
    assert.ok(await reach('src/a.ts'));
    for (const path of ['lib/b.ts', 'helpers.ts', '../other/b.ts', 'none.ts']) assert.ok(!(await reach(path)), path);
    // A project that is itself opened through a link is one as any other.
    mkdirSync(join(outside, 'links'));
    symlinkSync(root, join(outside, 'links', 'project'));
    assert.ok(await isReachable(join(outside, 'links', 'project'), join(outside, 'links', 'project', 'src/a.ts')));
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { filesAround } from '../../../src/nearby/filesAround';
import { maxNeighbours } from '../../../src/ipc/engine/protocol';

describe('filesAround', () => {
  const root = mkdtempSync(join(tmpdir(), 'glassbox-around-'));
  after(() => rmSync(root, { recursive: true }));
  const write = (...names: string[]) => {
    for (const name of names) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), name.endsWith('.gitignore') ? 'made/\n' : '');
    }
  };
  const around = async (document: string, top = '') =>
    (await filesAround(join(root, document), join(root, top), (path) => path.endsWith('.ts'))).map((path) =>
      relative(root, path),
    );

  it('takes what is in the folder and below first, then what is further out, up to the root', async () => {
    write('w/top.ts', 'w/lib/far.ts', 'w/src/a.ts', 'w/src/b.ts', 'w/src/in/deep.ts', 'w/src/b.md', 'outside.ts');
    assert.deepEqual(
      await around('w/src/a.ts', 'w'),
      ['w/src/b.ts', 'w/src/in/deep.ts', 'w/lib/far.ts', 'w/top.ts'].map((path) => join(path)),
    );
  });

  it('leaves out what rules ignore, wherever the walk begins, and folders of secrets and packages', async () => {
    write(
      'r/.gitignore',
      'r/made/x.ts',
      'r/p/made/y.ts',
      'r/p/a.ts',
      'r/p/node_modules/n.ts',
      'r/p/[odd] name/o.ts',
      'r/q.ts',
    );
    mkdirSync(join(root, 'r/.git'));
    assert.deepEqual(await around('r/p/a.ts', 'r'), [join('r/p/[odd] name/o.ts'), join('r/q.ts')]);
    assert.deepEqual(await around('r/p/[odd] name/o.ts', 'r'), [join('r/p/a.ts'), join('r/q.ts')]);
  });

  it('takes no more than a request may carry', async () => {
    write(...Array.from({ length: maxNeighbours + 5 }, (_, n) => `m/f${n}.ts`));
    assert.equal((await around('m/f0.ts', 'm')).length, maxNeighbours);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scope } from '../../../../src/common/files/scope';
import { walk } from '../../../../src/common/files/walk';
import type { WalkOptions } from '../../../../src/common/files/walk';
import { makeFolder } from '../../../support/folder';

async function pathsIn(root: string, options?: WalkOptions): Promise<{ paths: string[]; unreadable: string[] }> {
  const unreadable: string[] = [];
  const paths: string[] = [];
  for await (const { path } of walk(root, { unreadable }, options)) paths.push(path);
  return { paths, unreadable };
}

describe('the walk', () => {
  it('obeys nested rules, later and inner ones first', async () => {
    const root = makeFolder({
      '.gitignore': '*.log\n/build\n!keep.log\n',
      '.glassboxignore': 'generated/\n!wanted.log\n',
      'a.log': '', 'keep.log': '', 'wanted.log': '', 'build/a.ts': '', 'src/build/b.ts': '', 'src/generated/c.ts': '',
      'src/.gitignore': 'c.*\n!a.log\n', 'src/a.log': '', 'src/c.ts': '', 'src/deep/c.js': '', 'src/deep/d.ts': '',
      'node_modules/x/index.js': '', 'package-lock.json': '', '.env': '', 'src/id_rsa': '',
    }); // prettier-ignore
    const { paths } = await pathsIn(root);
    assert.deepEqual(
      paths.filter((path) => !path.endsWith('ignore')),
      ['keep.log', 'src/a.log', 'src/build/b.ts', 'src/deep/d.ts', 'wanted.log'],
    );
  });

  it('obeys the repository around the folder, unless that ignores the folder itself', async () => {
    const root = makeFolder({
      '.git/info/exclude': 'private.ts\n',
      '.gitignore': '*.gen.ts\n/out\n',
      'sub/a.gen.ts': '',
      'sub/private.ts': '',
      'sub/a.ts': '',
      'out/a.gen.ts': '',
    });
    assert.deepEqual((await pathsIn(join(root, 'sub'))).paths, ['a.ts']);
    assert.deepEqual((await pathsIn(join(root, 'out'))).paths, ['a.gen.ts']);
  });

  it('can be told to search what is usually left out', async () => {
    const root = makeFolder({ '.glassboxignore': '!node_modules/\n', 'node_modules/a.js': '' });
    assert.deepEqual((await pathsIn(root)).paths, ['.glassboxignore', 'node_modules/a.js']);
  });

  it('leaves out what is excluded, whatever other rules say', async () => {
    const root = makeFolder({
      '.gitignore': '!*.snap\n',
      'a.snap': '',
      'out/a.ts': '',
      'src/out/b.ts': '',
      'src/a.ts': '',
    });
    const { paths } = await pathsIn(root, { excludes: ['*.snap', '/out'] });
    assert.deepEqual(paths, ['.gitignore', 'src/a.ts', 'src/out/b.ts']);
  });

  it('looks only at what it is told to, and by the same rules', async () => {
    const root = makeFolder({
      '.gitignore': 'b.*\n',
      'src/a/x.ts': '',
      'src/a/b.ts': '',
      'src/ab/x.ts': '',
      'src/c.ts': '',
      'src/d.ts': '',
      'z.ts': '',
    });
    const scope = new Scope(['src/a', 'src/c.ts', 'src/b.ts', 'gone/e.ts']);
    assert.deepEqual((await pathsIn(root, { scope })).paths, ['src/a/x.ts', 'src/c.ts']);
  });

  it('takes file names of every kind', async () => {
    const names = [
      'ä.ts',
      'a\u0308.ts',
      '数据/データ.py',
      '😀.md',
      'with space.js',
      '..dots',
      '#hash',
      '!bang',
      '[x].ts',
      "quote'.ts",
    ];
    const odd = process.platform === 'win32' ? [] : ['line\nbreak.ts', 'back\\slash.ts', 'colon:.ts'];
    const root = makeFolder(Object.fromEntries([...names, ...odd].map((name) => [name, ''])));
    const { paths } = await pathsIn(root, { excludes: ['*.none'] });
    // Some file systems compose characters by themselves.
    assert.deepEqual(
      new Set(paths.map((path) => path.normalize())),
      new Set([...names, ...odd].map((path) => path.normalize())),
    );
  });

  // Elsewhere, file systems take no such names.
  if (process.platform === 'linux') {
    it('passes by names that are no Unicode, and says so', async () => {
      const root = makeFolder({ 'a.ts': '' });
      writeFileSync(Buffer.concat([Buffer.from(`${root}/b`), Uint8Array.of(0xff), Buffer.from('.ts')]), '');
      assert.deepEqual(await pathsIn(root), { paths: ['a.ts'], unreadable: ['b\ufffd.ts'] });
    });
  }

  it('does not follow symbolic links, and goes on where it may not read', async function () {
    const root = makeFolder({ 'src/a.ts': '', 'z.ts': '' });
    mkdirSync(join(root, 'locked'));
    symlinkSync(root, join(root, 'src', 'loop'), 'junction');
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'), 'junction');
    chmodSync(join(root, 'locked'), 0);
    const { paths, unreadable } = await pathsIn(root);
    chmodSync(join(root, 'locked'), 0o700);
    assert.deepEqual(paths, ['src/a.ts', 'z.ts']);
    // An administrator may read everything, and Windows knows no such folder.
    const readsAll = process.platform === 'win32' || process.getuid?.() === 0;
    assert.deepEqual(unreadable, readsAll ? [] : ['locked/']);
  });

  const unix = process.platform === 'win32' ? it.skip : it;
  unix('waits for no pipe and reads no device where rules should be, and passes by both as files', async () => {
    const root = makeFolder({ 'a.ts': '', 'src/b.ts': '' });
    execFileSync('mkfifo', [join(root, '.gitignore'), join(root, 'src', 'pipe.ts')]);
    symlinkSync('/dev/zero', join(root, 'src', '.gitignore'));
    const { paths } = await pathsIn(root);
    assert.deepEqual(paths, ['a.ts', 'src/b.ts']);
  });

  unix('may begin at the root of the machine', async () => {
    const found = walk('/', { unreadable: [] }, { scope: new Scope(['etc/passwd']) });
    const paths: string[] = [];
    for await (const { path } of found) paths.push(path);
    assert.ok(paths.includes('etc/passwd'), paths.join());
  });

  it('says when the folder itself cannot be read', async () => {
    assert.deepEqual(await pathsIn(join(makeFolder(), 'gone')), { paths: [], unreadable: ['.'] });
  });
});

/** The index process where its disk is full or may only be read. A small disk in memory, where mounting one is allowed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder, writeFiles } from '../support/folder';
import { IndexHosts } from '../support/indexHost';

const code = {
  'src/colour.py': 'def mix_colours(first, second):\n    return (first + second) / 2\n',
  'notes.md': '# Ideas\n\nMix the paint slowly.\n',
};
/** Enough for an index that has no room left. */
const more = Object.fromEntries(
  Array.from({ length: 200 }, (_, file) => [
    `src/file${file}.ts`,
    Array.from({ length: 12 }, (_unused, at) => `export function task${at}of${file}() {\n  return ${at};\n}\n`).join(
      '\n',
    ),
  ]),
);

/** @returns the exit code */
const run = (command: string, args: readonly string[]): number | null => spawnSync(command, args).status;

/** Writes a file that takes all the room there is left. */
function fillUp(path: string): void {
  const [file, some] = [openSync(path, 'w'), Buffer.alloc(1 << 16)];
  try {
    for (;;) writeSync(file, some);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(file);
  }
}

describe('the index process on a disk of its own', () => {
  const hosts = new IndexHosts();
  let disk: string;
  beforeEach(function () {
    disk = makeFolder();
    const mounted =
      process.platform === 'linux' && run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]) === 0;
    if (!mounted) this.skip();
  });
  afterEach(() => {
    run('mount', ['-o', 'remount,rw', disk]);
    hosts.close();
    run('umount', ['-l', disk]);
  });
  const deaths = (host: { lines: readonly string[] }) => host.lines.filter((line) => line.includes('ended'));

  it('says so when that is full, loses nothing of what it had, and goes on when there is room', async () => {
    const host = hosts.open(makeFolder(code), { storage: join(disk, 'storage') });
    await host.idle();
    const filler = join(disk, 'filler');
    fillUp(filler);
    writeFiles(host.folder, more);
    await host.changed('src');
    await host.until(() => host.progress?.phase === 'idle' && host.progress.trouble !== undefined);
    assert.match(host.progress?.trouble ?? '', /^There is no room left for the index of /);
    assert.deepEqual(await host.paths('mix lang:python'), ['src/colour.py']);
    rmSync(filler);
    await host.until(() => host.progress?.phase === 'idle' && host.progress.trouble === undefined);
    assert.equal((await host.client.request('size', {})).files, 200 + Object.keys(code).length);
    assert.deepEqual((await host.client.request('verify', {})).problems, []);
    assert.deepEqual(deaths(host), []);
  });

  it('searches what is there when that may only be read, says so, and goes on when it may be written', async () => {
    const [folder, storage] = [makeFolder(code), join(disk, 'storage')];
    const before = hosts.open(folder, { storage });
    await before.idle();
    before.client.dispose();
    await sleep(500);
    writeFiles(folder, { 'src/sun.ts': 'export const sunflower = 1;\n' });
    assert.equal(run('mount', ['-o', 'remount,ro', disk]), 0);
    const host = hosts.open(folder, { storage });
    await host.idle();
    assert.match(host.progress?.trouble ?? '', /cannot be written, its folder is read-only/);
    assert.deepEqual(await host.paths('mix lang:python'), ['src/colour.py']);
    assert.deepEqual(await host.paths('"sunflower"'), []);
    assert.equal(run('mount', ['-o', 'remount,rw', disk]), 0);
    await host.until(() => host.progress?.phase === 'idle' && host.progress.trouble === undefined);
    assert.deepEqual(await host.paths('"sunflower"'), ['src/sun.ts']);
    assert.deepEqual(deaths(host), []);
  });
});

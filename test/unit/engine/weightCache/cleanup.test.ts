import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cleanUp, isBeingMade, partOf } from '../../../../src/engine/weightCache/cleanup';

const day = 86_400_000;
const now = Date.now();

describe('packed weights on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'packed-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** An entry of so many bytes that was used so long ago. */
  const put = (name: string, bytes: number, ago: number, manifest = 'manifest.json'): string => {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, 'weights.bin'), Buffer.alloc(bytes));
    writeFileSync(join(path, manifest), '');
    const then = new Date(now - ago);
    for (const file of [join(path, 'weights.bin'), join(path, manifest), path]) utimesSync(file, then, then);
    return path;
  };

  it('keep within their budget: what was used longest ago goes first', async () => {
    for (const [at, name] of ['a', 'b', 'c', 'd'].entries()) put(name, 100, (4 - at) * day);
    assert.equal(await cleanUp(folder, join(folder, 'd'), 250, now), 200);
    assert.deepEqual(readdirSync(folder), ['c', 'd']);
  });

  it('keep the entry that is asked for, however large and old it is', async () => {
    put('old', 300, 90 * day);
    put('new', 10, 0);
    assert.equal(await cleanUp(folder, join(folder, 'old'), 250, now), 300);
    assert.deepEqual(readdirSync(folder), ['old']);
  });

  it('go when nobody has used them for two months', async () => {
    put('old', 1, 61 * day);
    put('new', 1, 59 * day);
    await cleanUp(folder, '', 1000, now);
    assert.deepEqual(readdirSync(folder), ['new']);
  });

  it('are removed where their writing ended long ago, and left where it goes on', async () => {
    put('a.1.x.part', 10, 2 * 3_600_000, 'raw');
    put('a.1.y.part', 10, 60_000, 'raw');
    put('a.1.z.part', 10, -2 * 3_600_000, 'raw');
    assert.equal(await cleanUp(folder, '', 0, now), 0);
    assert.deepEqual(readdirSync(folder), ['a.1.y.part']);
  });

  describe('are being made', () => {
    let entry: string;
    /** Of this process. */
    let mine: string[];
    beforeEach(() => {
      entry = join(folder, 'a');
      mine = basename(partOf(entry)).split('.');
    });
    const owned = (by: string): string => ['a', by, ...mine.slice(2)].join('.');

    it('where the process that began lives, and nothing is written of another entry', async () => {
      assert.equal(await isBeingMade(entry), false);
      mkdirSync(partOf(join(folder, 'b')));
      assert.equal(await isBeingMade(entry), false);
      mkdirSync(partOf(entry));
      assert.equal(await isBeingMade(entry), true);
    });

    it('not where another process has the number of the one that began, as in the next start of a container', async function () {
      if (process.platform !== 'linux') this.skip();
      const [host, pid, started] = (mine[1] ?? '').split('-');
      put(owned(`${host}-${pid}-${Number(started) - 1}`), 1, 0, 'raw');
      assert.equal(await isBeingMade(entry), false);
      assert.deepEqual(readdirSync(folder), []);
    });

    it('not for longer than anybody writes, whoever has that number', async () => {
      put(mine.join('.'), 1, 2 * 3_600_000, 'raw');
      assert.equal(await isBeingMade(entry), false);
      assert.deepEqual(readdirSync(folder), []);
    });

    it('where another container on the same disk writes, of whose processes nothing is known here', async () => {
      put(owned(`0-${2 ** 22 + 1}-1`), 1, 60_000, 'raw');
      assert.equal(await isBeingMade(entry), true);
      await cleanUp(folder, '', 0, now);
      assert.equal(readdirSync(folder).length, 1);
    });
  });

  it('are none where there is no folder', async () => {
    assert.equal(await cleanUp(join(folder, 'missing'), '', 0, now), 0);
  });
});

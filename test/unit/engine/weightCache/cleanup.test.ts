import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUp, isBeingMade, partOf } from '../../../../src/engine/weightCache/cleanup';

const day = 86_400_000;
const now = Date.now();
/** No process has it: above the largest number that systems give. */
const deadPid = 2 ** 22 + 1;

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
    assert.equal(await cleanUp(folder, '', 0, now), 0);
    assert.deepEqual(readdirSync(folder), ['a.1.y.part']);
  });

  it('are being made where a process that lives writes them', async () => {
    const entry = join(folder, 'a');
    assert.equal(await isBeingMade(entry), false);
    put(`a.${deadPid}.x.part`, 1, 0, 'raw');
    put(`b.${process.pid}.x.part`, 1, 0, 'raw');
    assert.equal(await isBeingMade(entry), false, 'that of a dead process and that of another entry');
    assert.deepEqual(readdirSync(folder), [`b.${process.pid}.x.part`]);
    mkdirSync(partOf(entry));
    assert.equal(await isBeingMade(entry), true);
  });

  it('are none where there is no folder', async () => {
    assert.equal(await cleanUp(join(folder, 'missing'), '', 0, now), 0);
  });
});

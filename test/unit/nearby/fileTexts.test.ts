import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectEncoding } from '../../../src/common/text/encoding/detectEncoding';
import type { EncodingSettings } from '../../../src/common/text/encoding/decodeText';
import { Neighbours } from '../../../src/nearby/fileTexts';
import { encode } from '../../support/encode';

describe('Neighbours', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-neighbours-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it('reads files in their order, with plain line ends', async () => {
    const paths = [file('b.ts', 'b\r\n'), file('a.ts', 'a\n')];
    assert.deepEqual(await new Neighbours().read(paths), [
      { path: paths[0], text: 'b\n' },
      { path: paths[1], text: 'a\n' },
    ]);
  });

  it('takes texts that are given in place of files', async () => {
    const [onDisk, unsaved] = [file('saved.ts', 'saved'), { path: 'untitled:Untitled-1', text: 'unsaved' }];
    const edited = { path: onDisk, text: 'edited' };
    assert.deepEqual(await new Neighbours().read([edited, unsaved, onDisk]), [
      edited,
      unsaved,
      { path: onDisk, text: 'saved' },
    ]);
  });

  it('leaves out what is missing, a folder, not text or too long', async () => {
    const paths = [
      join(folder, 'none.ts'),
      folder,
      file('binary.ts', 'a\0b'),
      file('latin1.ts', Buffer.from("const label = 'Größe ändern';", 'latin1')),
      file('gbk.ts', Uint8Array.from([0x2f, 0x2f, 0x20, 0xb6, 0xc1, 0xc8, 0xa1, 0x0a])),
      file('long.ts', 'x'.repeat(600_000)),
      file('good.ts', 'good'),
    ];
    const texts = async (encoding?: EncodingSettings): Promise<string[]> =>
      (await new Neighbours(detectEncoding).read(paths, encoding)).map(({ text }) => text);
    assert.deepEqual(await texts(), ['good']);
    assert.deepEqual(await texts({ encoding: 'gbk' }), ["const label = 'Gr鲞e 鋘dern';", '// 读取\n', 'good']);
    assert.deepEqual((await texts({ encoding: 'windows1252' }))[0], "const label = 'Größe ändern';");
  });

  it('reads a file as the editor does, and anew when that changes', async () => {
    const paths = [
      file('sjis.ts', encode('// サーバー設定を読み込む\r\n', 'shift_jis')),
      file('wide.ts', encode('// ä\nx = 1\n', 'utf-16le')),
    ];
    const neighbours = new Neighbours(detectEncoding, { near: 600_000, far: 600_000 });
    const texts = async (encoding: string): Promise<string[]> =>
      (await neighbours.read(paths, { encoding })).map(({ text }) => text);
    assert.deepEqual(await texts('utf8'), ['// サーバー設定を読み込む\n', '// ä\nx = 1\n']);
    assert.match((await texts('windows1252'))[0]!, /^\/\/ ƒ/);
    assert.equal((await texts('shiftjis'))[0], '// サーバー設定を読み込む\n');
  });

  const unix = process.platform === 'win32' ? it.skip : it;
  unix('waits for no pipe, and reads no device that a link leads to', async () => {
    execFileSync(
      'mkfifo',
      ['p0.ts', 'p1.ts', 'p2.ts', 'p3.ts', 'p4.ts'].map((name) => join(folder, name)),
    );
    symlinkSync('/dev/zero', join(folder, 'helpers.ts'));
    const names = ['p0.ts', 'p1.ts', 'p2.ts', 'p3.ts', 'p4.ts', 'helpers.ts'];
    const before = process.memoryUsage().rss;
    const read = await new Neighbours().read([...names.map((name) => join(folder, name)), file('after.ts', 'good')]);
    assert.deepEqual(
      read.map(({ text }) => text),
      ['good'],
    );
    assert.ok(process.memoryUsage().rss - before < 100e6);
  });

  it('reads a file again once it has changed, and not while it is fresh', async () => {
    const path = file('changes.ts', 'old');
    const [eager, patient] = [
      new Neighbours(detectEncoding, { near: 0, far: 0 }),
      new Neighbours(detectEncoding, { near: 600_000, far: 600_000 }),
    ];
    for (const one of [eager, patient]) await one.read([path]);
    writeFileSync(path, 'new');
    utimesSync(path, new Date(), new Date(Date.now() + 5_000));
    assert.equal((await eager.read([path]))[0]!.text, 'new');
    assert.equal((await patient.read([path]))[0]!.text, 'old');
  });
});

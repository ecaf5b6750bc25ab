import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { Catalogue } from '../../../../src/indexer/store/catalogue';
import { removeIndex } from '../../../../src/indexer/store/catalogueFiles';
import { makeFolder } from '../../../support/folder';

describe('the files of an index', () => {
  const databases = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.db'));

  for (const code of ['EBUSY', 'EPERM'])
    it(`that another process has open (${code}) make room for others, and go when they can`, () => {
      const folder = makeFolder();
      const isOpen = (path: string): void => {
        if (path.endsWith('.db')) throw Object.assign(new Error(`${code}: ${basename(path)}`), { code });
        rmSync(path, { force: true });
      };
      Catalogue.openForWriting(folder).catalogue.close();
      const reader = Catalogue.openForReading(folder);
      removeIndex(folder, isOpen);
      // Nobody takes what was thrown away for the index, whoever still has it open.
      assert.ok(reader.isReplaced());
      assert.ok(!Catalogue.exists(folder));
      assert.throws(() => Catalogue.openForReading(folder), { code: 'missing' });

      removeIndex(folder, isOpen);
      assert.ok(!Catalogue.exists(folder));
      const { catalogue, remade } = Catalogue.openForWriting(folder);
      assert.ok(!remade);
      catalogue.prepare('UPDATE generation SET number = 7').run();
      const next = Catalogue.openForReading(folder);
      assert.equal(next.all<{ number: number }>('SELECT number FROM generation')[0]!.number, 7);
      assert.ok(!next.isReplaced());
      assert.equal(databases(folder).length, 1, 'what the test alone has open can be removed');
      for (const opened of [reader, next, catalogue]) opened.close();
    });

  it('are all removed where nobody has them open', () => {
    const folder = makeFolder({ 'catalogue.db': 'x', 'catalogue-3.db': 'y', 'catalogue-3.db-wal': 'z', other: '' });
    removeIndex(folder);
    assert.deepEqual(readdirSync(folder), ['other']);
  });

  it('are not taken to be removed where the disk fails', () => {
    const folder = makeFolder({ 'catalogue.db': 'x' });
    const fails = (): void => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    };
    assert.throws(() => removeIndex(folder, fails), { code: 'EIO' });
  });
});

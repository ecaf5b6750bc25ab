import assert from 'node:assert/strict';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SearchIndex } from '../../../src/indexer/searchIndex';
import { asNobody } from '../../support/asNobody';
import { makeFolder, writeFiles } from '../../support/folder';
import { grammars } from '../../support/grammars';

describe('an index that may only be read', () => {
  it('is searched, written by no process, and read anew once it can be written', async function () {
    if (process.platform === 'win32') this.skip();
    const [root, store] = [makeFolder({ 'src/retry.ts': 'export function attemptAgain() {}\n' }), makeFolder()];
    const open = (): SearchIndex => new SearchIndex({ root, store, grammars });
    const writer = open();
    writer.becomeWriter();
    await writer.update();
    writer.close();
    for (const name of readdirSync(store)) chmodSync(join(store, name), 0o444);
    const reader = open();
    // Of a folder that is root's, nobody else may write anything.
    chmodSync(store, process.getuid?.() === 0 ? 0o755 : 0o555);
    await asNobody(root, async () => {
      const names = readdirSync(store);
      assert.deepEqual(
        (await reader.search('attemptAgain')).map(({ path }) => path),
        ['src/retry.ts'],
      );
      const other = open();
      for (const index of [reader, other]) assert.throws(() => index.becomeWriter(), { errcode: 8 });
      assert.deepEqual(readdirSync(store), names);
    });
    chmodSync(store, 0o755);
    for (const name of readdirSync(store)) chmodSync(join(store, name), 0o644);
    const again = open();
    again.becomeWriter();
    writeFiles(root, { 'src/sun.ts': 'export const sunflower = 1;\n' });
    await again.update();
    again.close();
    assert.deepEqual(
      (await reader.search('sunflower')).map(({ path }) => path),
      ['src/sun.ts'],
    );
    reader.close();
  });
});

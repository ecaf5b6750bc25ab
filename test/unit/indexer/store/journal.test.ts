import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { chooseJournal } from '../../../../src/indexer/store/journal';
import { makeFolder } from '../../../support/folder';

describe('the journal of a database', () => {
  const modeIn = (place: string | URL): string => {
    const database = new DatabaseSync(place);
    try {
      return chooseJournal(database);
    } finally {
      database.close();
    }
  };

  it('lets readers and the writer go on together', () => {
    assert.equal(modeIn(join(makeFolder(), 'some.db')), 'wal');
  });

  it('is one that works where the file system has no memory to share', function () {
    if (process.platform === 'win32') this.skip();
    // Locks by files, as for disks of other computers.
    const url = pathToFileURL(join(makeFolder(), 'some.db'));
    url.search = '?vfs=unix-dotfile';
    assert.equal(modeIn(url), 'truncate');
  });
});

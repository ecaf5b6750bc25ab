import assert from 'node:assert/strict';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { removeOldIndexes } from '../../../../src/indexer/store/housekeeping';
import { WriterLock } from '../../../../src/indexer/store/writerLock';
import { makeFolder } from '../../../support/folder';

const settled = new Date(Date.now() - 60_000);

describe('indexes that are too large together', () => {
  it('go, those that were written longest ago first, but neither the current one nor one that is being written', () => {
    const parent = makeFolder({
      'a/catalogue.db': 'x'.repeat(1_000),
      'b/catalogue.db': 'x'.repeat(1_000),
      'c/catalogue.db': 'x'.repeat(1_000),
      'd/catalogue.db': 'x'.repeat(1_000),
    });
    const at = (name: string): string => join(parent, name);
    ['a', 'b', 'c', 'd'].forEach((name, index) =>
      utimesSync(at(`${name}/catalogue.db`), settled, new Date(settled.getTime() + index * 1_000)),
    );
    const lock = WriterLock.take(at('b'))!;
    utimesSync(at('b/writer.lock'), settled, settled);
    assert.deepEqual(removeOldIndexes(parent, [at('a')], 4_000), []);
    assert.deepEqual(removeOldIndexes(parent, [at('a')], 2_500), [at('c'), at('d')]);
    lock.release();
    assert.deepEqual(removeOldIndexes(parent, [at('a')], 1_500), [at('b')]);
    // Whoever waits for one of their locks, or holds it, goes on as before.
    for (const name of ['b', 'c', 'd']) {
      assert.deepEqual(readdirSync(at(name)), ['writer.lock']);
      assert.equal(statSync(at(`${name}/writer.lock`)).size, 0);
    }
    assert.deepEqual(removeOldIndexes(parent, [at('a')], 0), []);
    assert.deepEqual(removeOldIndexes(at('nowhere'), [at('a')], 0), []);
  });
});

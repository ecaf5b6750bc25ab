import assert from 'node:assert/strict';
import { Caches } from '../../../src/host/caches';

describe('host/caches', () => {
  it('are all cleared, whatever becomes of any of them, and no longer once they are taken away', async () => {
    const caches = new Caches();
    const cleared: string[] = [];
    const failure = new Error('busy');
    caches.add(() => Promise.reject(failure));
    const remove = caches.add(() => Promise.resolve(void cleared.push('search')));
    caches.add(() => Promise.resolve(void cleared.push('engine')));
    const told: unknown[] = [];
    await caches.clear((error) => told.push(error));
    assert.deepEqual([cleared, told], [['search', 'engine'], [failure]]);
    remove();
    await caches.clear(() => undefined);
    assert.deepEqual(cleared, ['search', 'engine', 'engine']);
  });
});

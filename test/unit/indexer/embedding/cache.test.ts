import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddingCache } from '../../../../src/indexer/embedding/cache';
import { makeFolder } from '../../../support/folder';

describe('the embedding cache', () => {
  const key = (name: string): Uint8Array =>
    Uint8Array.from({ length: 16 }, (_, index) => name.charCodeAt(index % name.length));
  const entries = (count: number) =>
    Array.from({ length: count }, (_, number) => [key(`k${number}`), new Uint8Array(256).fill(number)] as const);

  it('keeps vectors by model and content, for every process', () => {
    const folder = makeFolder();
    const [one, two] = [new EmbeddingCache(folder, Infinity), new EmbeddingCache(folder, Infinity)];
    one.put('a', [[key('x'), Uint8Array.of(1, 2)]]);
    two.put('b', [[key('x'), Uint8Array.of(3)]]);
    assert.deepEqual(
      two.get('a', [key('y'), key('x')]).map((vector) => vector && [...vector]),
      [undefined, [1, 2]],
    );
    assert.deepEqual(
      one.get('b', [key('x')]).map((vector) => vector && [...vector]),
      [[3]],
    );
    one.close();
    two.close();
  });

  it('removes what an earlier version has left', () => {
    const folder = makeFolder();
    for (const ending of ['', '-wal', '-shm']) writeFileSync(join(folder, `embeddings-v1.db${ending}`), 'old');
    const cache = new EmbeddingCache(folder, Infinity);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('-v1')),
      [],
    );
    cache.close();
  });

  it('keeps to its budget by itself', () => {
    const folder = makeFolder();
    const unbounded = new EmbeddingCache(folder, Infinity);
    unbounded.put('a', entries(2_000));
    assert.ok(unbounded.size > 500_000);
    unbounded.close();
    const cache = new EmbeddingCache(folder, 200_000);
    cache.put('a', [[key('new'), new Uint8Array(256)]]);
    assert.ok(cache.size <= 200_000);
    const left = cache.get(
      'a',
      entries(2_000).map(([name]) => name),
    );
    assert.ok(left.filter((vector) => vector !== undefined).length > 100);
    assert.equal(cache.trim(), 0);
    cache.close();
  });

  it('forgets all when it is cleared, also what another process has put there, and gives the room back', () => {
    const folder = makeFolder();
    const [one, two] = [new EmbeddingCache(folder, Infinity), new EmbeddingCache(folder, Infinity)];
    const onDisk = () => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    one.put('a', entries(2_000));
    two.put('a', [[key('x'), Uint8Array.of(1)]]);
    const before = onDisk();
    two.clear();
    assert.ok(onDisk() < before / 10, `${onDisk()} of ${before}`);
    assert.ok(one.size < 50_000);
    assert.deepEqual(one.get('a', [key('k1'), key('x')]), [undefined, undefined]);
    one.put('a', [[key('x'), Uint8Array.of(2)]]);
    assert.deepEqual([...(two.get('a', [key('x')])[0] ?? [])], [2]);
    one.close();
    two.close();
  });

  it('is made again when it is damaged, and knows nothing where it cannot be', () => {
    const folder = makeFolder();
    const trouble: string[] = [];
    new EmbeddingCache(folder, Infinity).close();
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'no database at all '.repeat(1_000));
    const cache = new EmbeddingCache(folder, Infinity, (sentence) => trouble.push(sentence));
    cache.put('a', entries(3));
    assert.deepEqual(cache.get('a', [key('k1')])[0], new Uint8Array(256).fill(1));
    assert.deepEqual([trouble.length, trouble[0]!.includes('damaged')], [1, true]);
    cache.close();
    const nowhere = new EmbeddingCache(join(folder, readdirSync(folder)[0]!, 'inside'), Infinity, (sentence) =>
      trouble.push(sentence),
    );
    nowhere.put('a', entries(1));
    assert.deepEqual(nowhere.get('a', [key('k0')]), [undefined]);
    assert.equal(nowhere.trim(), 0);
    assert.equal(trouble.length, 2, 'the same is said once');
    nowhere.close();
  });

  it('says again what is wrong when it had worked meanwhile', () => {
    const folder = join(makeFolder({ file: '' }), 'file');
    const trouble: string[] = [];
    const cache = new EmbeddingCache(folder, Infinity, (sentence) => trouble.push(sentence));
    for (let round = 0; round < 3; round++) cache.put('a', entries(1));
    assert.equal(trouble.length, 1);
    rmSync(folder);
    cache.put('a', entries(1));
    assert.deepEqual(cache.get('a', [key('k0')]), [new Uint8Array(256)]);
    cache.close();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    for (let round = 0; round < 3; round++) cache.put('a', entries(1));
    assert.equal(trouble.length, 2);
  });
});

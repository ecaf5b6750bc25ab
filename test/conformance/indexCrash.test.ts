import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Catalogue } from '../../src/indexer/store/catalogue';
import { keySize } from '../../src/indexer/chunks/embeddedText';
import { verify } from '../../src/indexer/indexing/verification';
import { WriterLock } from '../../src/indexer/store/writerLock';
import { bundle } from '../support/bundle';
import { makeFolder, writeFiles } from '../support/folder';
import { grammarFolder } from '../support/grammars';
import type { ChildTask } from '../support/indexChild';
import { root as repository } from '../support/paths';
import { createRandom } from '../support/random';

const kills = 200;
const files = 60;
const functions = 6;
/** Files that have changed since the last start, so that old chunks go while new ones come. */
const changedEachTime = 20;
const chunksPerCommit = 30;

const textOf = (file: number, version: number): string =>
  Array.from(
    { length: functions },
    (_, index) => `export function task${index}of${file}() {\n  return version${version} + ${index};\n}\n`,
  ).join('\n');

describe('an index whose process is killed', function () {
  const task: ChildTask = {
    root: makeFolder(),
    store: makeFolder(),
    cache: makeFolder(),
    log: join(makeFolder(), 'log'),
    grammars: grammarFolder,
    chunksPerCommit,
  };
  let child = '';

  before(async () => {
    child = await bundle(join(repository, 'test/support/indexChild.ts'));
  });

  /** @param milliseconds after which it is killed, counted from when it begins to work @returns how long it worked; undefined where it was killed */
  async function run(milliseconds = Infinity): Promise<number | undefined> {
    const started = fork(child, [JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const ended = new Promise<{ killed: boolean }>((resolve) =>
      started.on('exit', (code, signal) => resolve({ killed: signal === 'SIGKILL' || code !== 0 })),
    );
    await new Promise((resolve) => started.once('message', resolve));
    const start = performance.now();
    if (milliseconds < Infinity) {
      await Promise.race([ended, sleep(milliseconds)]);
      started.kill('SIGKILL');
    }
    return (await ended).killed ? undefined : performance.now() - start;
  }

  it(`is consistent after each of ${kills} moments, embeds nothing twice, and is complete once it was let finish`, async () => {
    const random = createRandom(11);
    const settled = new Date(Date.now() - 60_000);
    const write = (file: number, version: number): void => {
      const path = `src/file${file}.ts`;
      writeFiles(task.root, { [path]: textOf(file, version) });
      // Each version at a time of its own, and old enough for it to be trusted.
      utimesSync(join(task.root, path), settled, new Date(settled.getTime() - version * 1_000));
    };
    for (let file = 0; file < files; file++) write(file, 0);
    const whole = (await run())!;
    let killed = 0;
    for (let round = 1; round <= kills; round++) {
      // Some rounds begin anew, with the vectors that the cache has.
      if (round % 4 === 0) Catalogue.remove(task.store);
      for (let count = 0; count < changedEachTime; count++) write(Math.floor(random() * files), round);
      const known = committedTexts(task);
      writeFileSync(task.log, '');
      if ((await run(whole * random())) === undefined) killed++;
      const embedded = readFileSync(task.log, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      assert.deepEqual(
        embedded.filter((line) => known.has(line)),
        [],
        `round ${round}`,
      );
      if (existsSync(join(task.store, 'catalogue.db'))) assertConsistent(task.store);
    }
    console.log(`      ${killed} of ${kills} killed while running, ${Math.round(whole)} ms for a whole run`);
    assert.ok(killed > kills / 4);
    const known = committedTexts(task);
    writeFileSync(task.log, '');
    await run();
    for (const line of readFileSync(task.log, 'utf8').split('\n')) assert.ok(!known.has(line));
    const catalogue = Catalogue.openForReading(task.store);
    assert.deepEqual(verify(catalogue), []);
    assert.equal(catalogue.all<{ count: number }>('SELECT count(*) AS count FROM files')[0]!.count, files);
    assert.equal(catalogue.all<{ count: number }>('SELECT count(*) AS count FROM chunks')[0]!.count, files * functions);
    catalogue.close();
  });
});

/** As the next start finds it: the lock is free, and the killed process may have left a journal, which a writer takes over. */
function assertConsistent(store: string): void {
  const lock = WriterLock.take(store);
  assert.ok(lock);
  const { catalogue, remade } = Catalogue.openForWriting(store);
  assert.equal(remade, false);
  assert.deepEqual(verify(catalogue), []);
  catalogue.close();
  lock.release();
}

/** What has a vector, in the index or in the cache, as the log names it. */
function committedTexts({ store, cache }: ChildTask): Set<string> {
  const found = new Set<string>();
  const add = (model: string, key: Uint8Array): void =>
    void found.add(`${model.split('/', 1)[0]!} ${Buffer.from(key).toString('hex')}`);
  if (existsSync(join(store, 'catalogue.db'))) {
    const catalogue = Catalogue.openForReading(store);
    for (const { model, keys } of catalogue.all<{ model: string; keys: Uint8Array }>(
      'SELECT model, keys FROM blocks',
    )) {
      for (let start = 0; start < keys.length; start += keySize) add(model, keys.subarray(start, start + keySize));
    }
    catalogue.close();
  }
  const database = new DatabaseSync(join(cache, 'embeddings-v2.db'), { readOnly: true });
  for (const { model, key } of database.prepare('SELECT model, key FROM vectors').all() as {
    model: string;
    key: Uint8Array;
  }[])
    add(model, key);
  database.close();
  return found;
}

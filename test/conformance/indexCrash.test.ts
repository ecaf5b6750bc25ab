import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Catalogue } from '../../src/indexer/catalogue';
import { verify } from '../../src/indexer/verification';
import { storeFor } from '../../src/cli/indexStore';
import { makeFolder, writeFiles } from '../support/folder';
import { root } from '../support/paths';
import { createRandom } from '../support/random';

const files = 400;
const kills = 20;
/** Files that have changed since the last start, so that old chunks go while new ones come. */
const changedEachTime = 150;

const textOf = (file: number, version: number): string =>
  Array.from({ length: 12 }, (_, index) => `export function task${index}of${file}() {\n  return version${version} + ${index};\n}\n`).join('\n');

describe('an index whose process is killed', function () {
  this.timeout(180_000);
  const folder = makeFolder();
  const cache = makeFolder();
  const store = storeFor(folder, cache);
  const command = [join(root, 'dist/cli.js'), 'index', folder];
  const options = { env: { ...process.env, XDG_CACHE_HOME: cache }, stdio: 'ignore' } as const;

  it(`is consistent after each of ${kills} moments, and complete once it was let finish`, async () => {
    const random = createRandom(11);
    const write = (file: number, version: number): void => writeFiles(folder, { [`src/file${file}.ts`]: textOf(file, version) });
    for (let file = 0; file < files; file++) write(file, 0);
    const start = performance.now();
    assert.equal(spawnSync(process.execPath, command, options).status, 0);
    const whole = performance.now() - start;
    let killed = 0;
    for (let round = 1; round <= kills; round++) {
      // Half of the rounds go on with what is there, half begin anew.
      if (round % 2 === 0) Catalogue.remove(store);
      for (let count = 0; count < changedEachTime; count++) write(Math.floor(random() * files), round);
      const child = spawn(process.execPath, command, options);
      const ended = new Promise<boolean>((resolve) => child.on('exit', (_, signal) => resolve(signal === 'SIGKILL')));
      await Promise.race([ended, sleep(whole * (0.1 + 0.9 * random()))]);
      child.kill('SIGKILL');
      if (await ended) killed++;
      if (existsSync(join(store, 'catalogue.db'))) assertConsistent(store);
    }
    console.log(`      ${killed} of ${kills} killed while running, ${Math.round(whole)} ms for a whole run`);
    assert.ok(killed > kills / 4);
    assert.equal(spawnSync(process.execPath, command, options).status, 0);
    const catalogue = Catalogue.openForReading(store);
    assert.deepEqual(verify(catalogue), []);
    assert.equal(catalogue.all<{ count: number }>('SELECT count(*) AS count FROM files')[0]!.count, files);
    assert.equal(catalogue.all<{ count: number }>('SELECT count(*) AS count FROM chunks')[0]!.count, files * 12);
    catalogue.close();
  });
});

/** As the next start finds it: the killed process may have left a journal, which a writer takes over. */
function assertConsistent(store: string): void {
  const { catalogue, remade } = Catalogue.openForWriting(store);
  assert.equal(remade, false);
  assert.deepEqual(verify(catalogue), []);
  catalogue.close();
}

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundChunks } from '../../src/ipc/indexer/protocol';
import { makeFolder, writeFiles } from '../support/folder';
import { grammarFolder } from '../support/grammars';
import { IndexHosts, indexModule as modulePath, wordsOf as words } from '../support/indexHost';

const code = {
  'src/retry.ts':
    '/** Tries again with growing delays. */\nexport async function retryWithBackoff(work: () => Promise<void>) {\n  await work();\n}\n',
  'src/colour.py': 'def mix_colours(first, second):\n    return (first + second) / 2\n',
  'notes.md': '# Ideas\n\nMix the paint slowly.\n',
  'dist/out.js': 'retryWithBackoff();\n',
};

/** Enough for an index that takes some seconds. */
const many = (files: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: files }, (_, file) => [
      `src/${file % 40}/file${file}.ts`,
      Array.from(
        { length: 12 },
        (_unused, index) =>
          `export function task${index}of${file}(value: number): number {\n  return value + ${index};\n}\n`,
      ).join('\n'),
    ]),
  );

describe('the index process', function () {
  const hosts = new IndexHosts();
  const open = (folder: string, storage?: string, excludes?: string[]) => hosts.open(folder, { storage, excludes });
  afterEach(() => hosts.close());

  it('indexes a folder and answers with the lines that say why', async () => {
    const host = open(makeFolder(code), makeFolder(), ['/dist']);
    await host.idle();
    const { found } = await host.client.request('search', words('retry back-off'));
    assert.equal((await host.client.request('size', {})).files, 3);
    const [first] = found;
    assert.deepEqual(
      [first!.root, first!.path, first!.symbol, first!.from, first!.to],
      [host.folder, 'src/retry.ts', 'retryWithBackoff', 1, 4],
    );
    const { text, line, marks } = first!.snippet;
    assert.equal(line, 1);
    assert.ok(marks.some(([start, end]) => text.slice(start, end) === 'retryWithBackoff'));
    assert.ok(first!.why.terms.retri! > 0);
    assert.deepEqual(await host.paths('mix lang:python'), ['src/colour.py']);
  });

  it('finds what is meant in other words', async () => {
    const host = open(makeFolder(code));
    await host.idle();
    const { found } = await host.client.request('search', words('function attempting something anew after waiting'));
    assert.ok(found.length > 0);
    assert.ok(found.every(({ why }) => why.dense !== undefined && why.dense <= 1));
    assert.match(host.lines.at(-1)!, / [1-9]\d* pieces embedded\.$/);
  });

  it('finds the like of a piece of code, but not the piece itself', async () => {
    const host = open(
      makeFolder({
        ...code,
        'src/blend.py': 'def blend_colours(first, second):\n    return "path:x" if first else second\n',
      }),
    );
    await host.idle();
    const except = { root: host.folder, path: 'src/blend.py', from: 1, to: 2 };
    const { found } = await host.client.request('search', {
      text: code['src/colour.py'] + ' "lang:go" ',
      kind: 'code',
      top: 5,
      except,
    });
    assert.equal(found[0]!.path, 'src/colour.py');
    assert.ok(found.every(({ path }) => path !== 'src/blend.py'));
  });

  it('follows what is created, changed, moved and deleted', async () => {
    const host = open(makeFolder(code));
    await host.idle();
    writeFiles(host.folder, { 'lib/new/deep.ts': 'export const unheardOf = 1;\n' });
    await host.changed('lib');
    assert.deepEqual(await host.paths('"unheardOf"'), ['lib/new/deep.ts']);
    renameSync(join(host.folder, 'lib/new'), join(host.folder, 'lib/moved'));
    await host.changed('lib/new', 'lib/moved');
    assert.deepEqual(await host.paths('"unheardOf"'), ['lib/moved/deep.ts']);
    writeFiles(host.folder, { 'lib/moved/deep.ts': 'export const renamed = 1;\n' });
    await host.changed('lib/moved/deep.ts');
    assert.deepEqual(await host.paths('"unheardOf"'), []);
    rmSync(join(host.folder, 'lib'), { recursive: true });
    await host.changed('lib');
    assert.deepEqual(await host.paths('"renamed"'), []);
    // Other rules may let in or leave out anything.
    writeFiles(host.folder, { '.gitignore': 'src/\n' });
    await host.changed('.gitignore');
    assert.deepEqual(await host.paths('"mix"'), ['notes.md']);
  });

  it('answers while it indexes, pauses, goes on and reports how far it is', async () => {
    const host = open(makeFolder(many(800)));
    host.client.start();
    await host.until(() => (host.progress?.chunks ?? 0) > 0);
    await host.client.request('pause', {});
    await host.until(() => host.progress?.phase === 'paused');
    await sleep(100);
    const before = host.progress!.files;
    assert.ok(before < 800);
    assert.ok((await host.paths('task3')).length > 0);
    await sleep(200);
    assert.equal(host.progress!.files, before);
    await host.until(() => host.progress?.total === 800);
    assert.ok(host.progress!.chunksPerSecond > 0 && host.progress!.secondsLeft! > 0);
    await host.client.request('resume', {});
    await host.until(() => host.progress?.phase === 'idle');
    assert.equal((await host.client.request('size', {})).files, 800);
    assert.deepEqual((await host.client.request('verify', {})).problems, []);
  });

  it('is cancelled, and keeps what is committed', async () => {
    const host = open(makeFolder(many(800)));
    host.client.start();
    await host.until(() => (host.progress?.chunks ?? 0) > 0);
    await host.client.request('cancel', {});
    await host.until(() => host.progress?.phase === 'idle');
    const { files } = await host.client.request('size', {});
    assert.ok(files > 0 && files < 800, `${files} files`);
  });

  it('goes on where it was when its process is killed', async () => {
    const host = open(makeFolder(many(800)));
    host.client.start();
    await host.until(() => (host.progress?.chunks ?? 0) > 0);
    const { files } = await host.client.request('size', {});
    const { pid } = host;
    host.progress = undefined;
    process.kill(pid, 'SIGKILL');
    await host.until(() => host.progress?.phase === 'idle');
    assert.notEqual(host.pid, pid);
    assert.ok(files > 0);
    assert.equal((await host.client.request('size', {})).files, 800);
    const read = /(\d+) files looked at, (\d+) read/.exec(host.lines.at(-1)!)!;
    assert.ok(Number(read[2]) <= 800 - files, host.lines.join('\n'));
    assert.deepEqual((await host.client.request('verify', {})).problems, []);
  });

  it('passes by a file that it died of twice, until that changes', async () => {
    // Long enough to be caught at.
    const slow = Array.from(
      { length: 14_000 },
      (_, index) =>
        `export function slow${index}(value: number): number {\n  return [value, ${index}].map((one) => one * 2)[0];\n}\n`,
    ).join('\n');
    const host = open(makeFolder({ ...many(20), 'src/slow.ts': slow }));
    const noted = (name: string): string => {
      const path = join(host.catalogue, '..', name);
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    };
    host.client.start();
    for (let death = 0; death < 2; death++) {
      // What the process before was at is written down before this one begins.
      await host.until(
        () =>
          (death === 0 || noted('suspects.json').includes(`"deaths":${death}`)) &&
          noted('reading.json').includes('src/slow.ts'),
      );
      const { pid } = host;
      process.kill(pid, 'SIGKILL');
      await host.until(() => host.client.state.kind === 'ready' && host.pid !== pid);
    }
    await host.until(() => host.progress?.phase === 'idle');
    assert.equal((await host.client.request('size', {})).files, 20);
    assert.deepEqual(await host.paths('"slow7"'), []);
    writeFiles(host.folder, { 'src/slow.ts': 'export function slow7(): void {}\n' });
    await host.changed('src/slow.ts');
    assert.deepEqual(await host.paths('"slow7"'), ['src/slow.ts']);
  });

  it('makes a damaged index again', async () => {
    const storage = makeFolder();
    const folder = makeFolder(code);
    const first = open(folder, storage);
    await first.idle();
    first.client.dispose();
    await sleep(100);
    writeFileSync(first.catalogue, 'this is no database, whatever its name says'.repeat(500));
    const second = open(folder, storage);
    await second.idle();
    assert.deepEqual(await second.paths('mix lang:python'), ['src/colour.py']);
  });

  it('has one window write, all others read, and the next one take over', async () => {
    const storage = makeFolder();
    const folder = makeFolder(code);
    const [first, second] = [open(folder, storage), open(folder, storage)];
    await first.idle();
    second.client.start();
    await second.until(() => second.progress?.phase === 'waiting');
    assert.deepEqual(await second.paths('mix lang:python'), ['src/colour.py']);
    await assert.rejects(second.client.request('rebuild', {}), { code: 'failed', message: /another window/i });
    // What one writes, the other finds, also after the file was made anew.
    await first.client.request('rebuild', {});
    await first.until(() => first.progress?.phase === 'idle');
    writeFiles(folder, { 'src/new.ts': 'export const unheardOf = 1;\n' });
    await first.changed('src/new.ts');
    assert.deepEqual(await second.paths('"unheardOf"'), ['src/new.ts']);
    writeFiles(folder, { 'src/newer.ts': 'export const unheardOfToo = 1;\n' });
    process.kill(first.pid, 'SIGKILL');
    first.client.dispose();
    await second.until(() => second.progress?.phase === 'idle');
    assert.equal((await second.paths('"unheardOfToo"'))[0], 'src/newer.ts');
  });

  it('searches several folders as one, in several windows, and forgets the one that goes', async () => {
    const storage = makeFolder();
    const folder = makeFolder(code);
    const other = makeFolder({
      'lib/mixer.ts':
        'export function mixPaint(first: number, second: number): number {\n  return first + second;\n}\n',
    });
    const [one, two] = [hosts.open(folder, { storage, more: [other] }), hosts.open(folder, { storage, more: [other] })];
    await one.idle();
    two.client.start();
    await two.until(() => two.progress?.phase === 'waiting');
    for (const host of [one, two]) {
      const found = await host.found('mix');
      assert.deepEqual(new Set(found.map(({ root }) => root)), new Set([folder, other]));
      assert.equal((await host.client.request('size', {})).files, 5);
    }
    // A change in either is of that one alone, and is found in both windows.
    writeFiles(other, { 'lib/mixer.ts': 'export function stirPaint(): void {}\n' });
    one.progress = undefined;
    await one.client.request('changed', { root: other, paths: ['lib/mixer.ts'] });
    await one.until(() => one.progress?.phase === 'idle');
    for (const host of [one, two])
      assert.deepEqual(
        (await host.found('"stirPaint"')).map(({ root, path }) => [root, path]),
        [[other, 'lib/mixer.ts']],
      );
    await one.client.request('open', { roots: [{ path: folder, excludes: [], first: [] }] });
    assert.deepEqual(await one.paths('"stirPaint"'), []);
    assert.deepEqual((await two.found('"stirPaint"')).length, 1);
    // The window that still searches it keeps it up to date from then on.
    writeFiles(other, { 'lib/mixer.ts': 'export function shakePaint(): void {}\n' });
    await two.client.request('changed', { root: other, paths: ['lib/mixer.ts'] });
    while ((await two.found('"shakePaint"')).length === 0) await sleep(20);
    rmSync(other, { recursive: true });
  });

  it('keeps its index while the folder is not there', async () => {
    const host = open(makeFolder(code));
    await host.idle();
    const away = `${host.folder}-away`;
    renameSync(host.folder, away);
    await host.changed('src');
    assert.match(host.progress?.trouble ?? '', /is not there/);
    renameSync(away, host.folder);
    await host.changed('src');
    assert.equal(host.progress?.trouble, undefined);
    assert.deepEqual(await host.paths('mix lang:python'), ['src/colour.py']);
  });

  it('says so where its store cannot be made, dies of nothing, and works when it can', async () => {
    const storage = join(makeFolder({ file: 'where a folder should be' }), 'file');
    const host = open(makeFolder(code), storage);
    await host.idle();
    assert.match(host.progress?.trouble ?? '', /could not be indexed: ENOTDIR/);
    await sleep(3_000);
    assert.deepEqual(
      host.lines.filter((line) => line.includes('ended')),
      [],
    );
    rmSync(storage);
    await host.until(() => host.progress?.phase === 'idle' && host.progress.trouble === undefined);
    assert.deepEqual(await host.paths('mix lang:python'), ['src/colour.py']);
  });

  it('stays paused while folders change, and in the next process', async () => {
    const host = open(makeFolder(many(800)));
    host.client.start();
    await host.until(() => (host.progress?.chunks ?? 0) > 0);
    await host.client.request('pause', {});
    await host.until(() => host.progress?.phase === 'paused');
    const { files } = await host.client.request('size', {});
    assert.ok(files < 800);
    await host.client.request('open', { roots: [{ path: host.folder, excludes: ['/none'], first: [] }] });
    await sleep(1_500);
    assert.equal(host.progress?.phase, 'paused');
    const { pid } = host;
    process.kill(pid, 'SIGKILL');
    await host.until(() => host.client.state.kind === 'ready' && host.pid !== pid);
    await sleep(1_500);
    assert.equal(host.progress.phase, 'paused');
    assert.ok((await host.client.request('size', {})).files < 800);
    await host.client.request('resume', {});
    await host.until(() => host.progress?.phase === 'idle');
    assert.equal((await host.client.request('size', {})).files, 800);
  });

  it('takes over every folder that another window wrote, also when one of them has changed meanwhile', async () => {
    const storage = makeFolder();
    const folder = makeFolder(code);
    const other = makeFolder({ 'lib/mixer.ts': 'export function mixPaint(): void {}\n' });
    const [first, second] = [
      hosts.open(folder, { storage, more: [other] }),
      hosts.open(folder, { storage, more: [other] }),
    ];
    await first.idle();
    second.client.start();
    await second.until(() => second.progress?.phase === 'waiting');
    await second.client.request('changed', { root: other, paths: ['lib/mixer.ts'] });
    writeFiles(folder, { 'src/new.ts': 'export const unheardOf = 1;\n' });
    first.client.dispose();
    await second.until(() => second.progress?.phase === 'idle');
    assert.deepEqual(await second.paths('"unheardOf"'), ['src/new.ts']);
    rmSync(other, { recursive: true });
  });

  it('says that an index is not made yet, and which one', async () => {
    const host = open(makeFolder(many(400)));
    const { found, gaps } = await host.client.request('search', words('task3'));
    assert.deepEqual([found, gaps], [[], [{ root: host.folder, kind: 'missing' }]]);
    await host.until(() => host.progress?.phase === 'idle');
    assert.deepEqual((await host.client.request('search', words('task3'))).gaps, []);
  });

  it('says that an index is damaged where a search finds it so, and makes it again by itself', async () => {
    const host = open(makeFolder(code));
    await host.idle();
    const database = new DatabaseSync(host.catalogue);
    database.exec('UPDATE segments SET lengths = zeroblob(length(lengths)); UPDATE generation SET number = number + 1');
    database.close();
    const damaged = await host.client.request('search', words('mix'));
    assert.deepEqual([damaged.found, damaged.gaps], [[], [{ root: host.folder, kind: 'damaged' }]]);
    while ((await host.paths('mix lang:python')).length === 0) await sleep(20);
    assert.deepEqual((await host.client.request('search', words('mix'))).gaps, []);
    assert.ok(host.lines.some((line) => line.includes('is made again')));
    assert.deepEqual((await host.client.request('verify', {})).problems, []);
  });

  it('throws its index away when asked to', async () => {
    const host = open(makeFolder(code));
    await host.idle();
    assert.ok((await host.client.request('size', {})).bytes > 0);
    await host.client.request('clear', {});
    const { files, chunks } = await host.client.request('size', {});
    assert.deepEqual([files, chunks], [0, 0]);
    assert.deepEqual(await host.paths('mix'), []);
  });

  it('does not search for what is no longer wanted', async () => {
    const host = open(makeFolder(code));
    await host.idle();
    const typing = new AbortController();
    const old = host.client.request('search', words('mix'), typing.signal);
    const latest = host.client.request('search', words('retry'));
    typing.abort();
    await assert.rejects(old, { code: 'cancelled' });
    assert.ok(((await latest) satisfies FoundChunks).found.length > 0);
  });

  it('says so where there is no SQLite', async () => {
    const options = JSON.stringify({
      storage: makeFolder(),
      shared: makeFolder(),
      model: 'none',
      grammars: grammarFolder,
    });
    const child = fork(modulePath, [options], {
      execArgv: ['--no-experimental-sqlite'],
      serialization: 'advanced',
      stdio: 'ignore',
    });
    const message = await new Promise<{ kind: string; error?: { code: string; message: string } }>((resolve) => {
      child.on('message', (heard: { kind: string }) => {
        if (heard.kind === 'ready') child.send({ kind: 'request', id: 1, method: 'search', params: words('x') });
        else resolve(heard);
      });
    });
    child.kill();
    assert.equal(message.error?.code, 'unsupported');
    assert.match(message.error.message, /newer version of VS Code/);
  });
});

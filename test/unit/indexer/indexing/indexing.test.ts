import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  chmodSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Batch, commit } from '../../../../src/indexer/indexing/batch';
import { Catalogue, CatalogueError } from '../../../../src/indexer/store/catalogue';
import { describeChunks } from '../../../../src/indexer/indexing/describe';
import { indexFolder } from '../../../../src/indexer/indexing/indexing';
import type { IndexingReport } from '../../../../src/indexer/indexing/indexing';
import { Scope } from '../../../../src/common/files/scope';
import { search } from '../../../../src/indexer/ranking/search';
import { lookInto } from '../../../../src/indexer/ranking/searched';
import type { Hit } from '../../../../src/indexer/ranking/hits';
import { verify } from '../../../../src/indexer/indexing/verification';
import { Bm25, splitIdentifiers } from '../../../bench/quality/baselines/bm25';
import { asNobody } from '../../../support/asNobody';
import { makeFolder, writeFiles } from '../../../support/folder';
import { grammars } from '../../../support/grammars';

/** Old enough for its time to be trusted. */
const settled = new Date(Date.now() - 60_000);

function project(files: Record<string, string>): string {
  const root = makeFolder(files);
  for (const path of Object.keys(files)) utimesSync(join(root, path), settled, settled);
  return root;
}

const ask = (catalogue: Catalogue, input: string, root = '', top = 10): Hit[] => {
  const readChunk = (path: string, start: number, end: number) =>
    readFileSync(join(root, path), 'utf8').slice(start, end);
  return search(lookInto(catalogue), { input, mode: 'lexical', top, vectors: new Map(), readChunk });
};

const code = {
  'src/retry.ts':
    '/** Tries again with growing delays. */\nexport async function retryWithBackoff(work: () => Promise<void>) {\n  await work();\n}\n',
  'src/http.ts': "import { retryWithBackoff } from './retry';\n\nexport const send = () => retryWithBackoff(post);\n",
  'test/retry.test.ts': "it('retryWithBackoff', () => retryWithBackoff(retryWithBackoff));\n",
  'doc.md': '# Network\n\nRequests are sent again, see retryWithBackoff.\n',
};

describe('indexing', () => {
  it('keeps what lies in a folder, and in a file, that cannot be read for a moment', async function () {
    if (process.platform === 'win32') this.skip();
    const root = project({ ...code, 'lib/deep/a.ts': 'export const deep = 1;\n' });
    const catalogue = Catalogue.inMemory();
    await indexFolder(root, catalogue, grammars);
    const update = async () => {
      const { removed, kept, unreadable } = await asNobody(root, () => indexFolder(root, catalogue, grammars));
      return { removed, kept, unreadable };
    };
    chmodSync(join(root, 'lib'), 0);
    chmodSync(join(root, 'doc.md'), 0);
    utimesSync(join(root, 'doc.md'), new Date(), new Date());
    rmSync(join(root, 'src/http.ts'));
    assert.deepEqual(await update(), { removed: 1, kept: 2, unreadable: ['doc.md', 'lib/'] });
    chmodSync(join(root, 'lib'), 0o755);
    rmSync(join(root, 'lib'), { recursive: true });
    rmSync(join(root, 'doc.md'));
    assert.deepEqual(await update(), { removed: 2, kept: 0, unreadable: [] });
  });

  it('forgets nothing where the folder itself goes away', async () => {
    const root = project(code);
    const catalogue = Catalogue.inMemory();
    await indexFolder(root, catalogue, grammars);
    rmSync(root, { recursive: true });
    await assert.rejects(indexFolder(root, catalogue, grammars), { code: 'ENOENT' });
    assert.equal(catalogue.all<{ count: number }>('SELECT count(*) AS count FROM files')[0]!.count, 4);
  });

  it('finds the definition first and says why', async () => {
    const root = project(code);
    const catalogue = Catalogue.inMemory();
    const report = await indexFolder(root, catalogue, grammars);
    assert.deepEqual(
      { files: report.files, indexed: report.indexed, removed: report.removed },
      { files: 4, indexed: 4, removed: 0 },
    );
    const [first, ...others] = ask(catalogue, 'retryWithBackoff', root);
    assert.deepEqual(
      { path: first!.path, from: first!.from, to: first!.to, symbol: first!.symbol },
      { path: 'src/retry.ts', from: 1, to: 4, symbol: 'retryWithBackoff' },
    );
    assert.deepEqual(Object.keys(first!.why.rules), ['definition', 'namedFile']);
    assert.ok(first!.why.terms.retrywithbackoff! > 0);
    assert.deepEqual(new Set(others.map(({ path }) => path)), new Set(['src/http.ts', 'doc.md', 'test/retry.test.ts']));
    assert.deepEqual(verify(catalogue), []);
  });

  it('finds what lies in files of any name, and what was there before once a name changes', async () => {
    const names = ['ä.ts', '数据/データ.ts', '😀/with space.ts', "quote'%_.ts"];
    const root = project(Object.fromEntries(names.map((name, index) => [name, `export const heron${index} = 1;\n`])));
    const catalogue = Catalogue.inMemory();
    const { unreadable } = await indexFolder(root, catalogue, grammars);
    assert.deepEqual(unreadable, []);
    // Some file systems compose characters by themselves.
    const paths = (question: string) => ask(catalogue, question, root).map(({ path }) => path.normalize());
    for (const [index, name] of names.entries()) assert.deepEqual(paths(`"heron${index}"`), [name]);
    assert.deepEqual(paths('heron1 path:数据'), ['数据/データ.ts']);
    renameSync(join(root, '数据'), join(root, 'данные'));
    await indexFolder(root, catalogue, grammars, { scope: new Scope(['数据', 'данные']) });
    assert.deepEqual(paths('"heron1"'), ['данные/データ.ts']);
    assert.deepEqual(verify(catalogue), []);
  });

  it('opens no file that is too large, and reads of binary ones what shows it', async () => {
    const root = project({ 'a.ts': 'export const a = 1;\n', 'video.mp4': '', 'disk.img': '', 'late.bin': '' });
    // More than any process could read; and what lies behind the head, sparse as it is, is not read either.
    truncateSync(join(root, 'video.mp4'), 2 ** 40);
    truncateSync(join(root, 'disk.img'), 2 * 2 ** 20);
    writeFileSync(join(root, 'late.bin'), `${'x\n'.repeat(5_000)}\0`);
    const catalogue = Catalogue.inMemory();
    const { skipped, unreadable, indexed } = await indexFolder(root, catalogue, grammars);
    assert.deepEqual({ skipped, unreadable, indexed }, { skipped: { huge: 1, binary: 1 }, unreadable: [], indexed: 4 });
    for (const name of ['video.mp4', 'disk.img', 'a.ts', 'late.bin']) utimesSync(join(root, name), settled, settled);
    await indexFolder(root, catalogue, grammars);
    assert.equal((await indexFolder(root, catalogue, grammars)).indexed, 0);
    truncateSync(join(root, 'video.mp4'), 30);
    assert.deepEqual((await indexFolder(root, catalogue, grammars)).skipped, { binary: 2 });
  });

  it('forgets of a part exactly what lies in it, however names begin, and asks about nothing else', async () => {
    const names = ['src.ts', 'src/a.ts', 'src/b/c.ts', 'src0/d.ts', 'src-old/e.ts', 'srd/f.ts', "sr%/_'.ts"];
    const root = project(Object.fromEntries(names.map((name) => [name, 'export const heron = 1;\n'])));
    const catalogue = Catalogue.inMemory();
    await indexFolder(root, catalogue, grammars);
    for (const name of names) rmSync(join(root, name));
    const asked: string[] = [];
    const each = catalogue.each.bind(catalogue);
    catalogue.each = (sql, ...values) => (asked.push(sql), each(sql, ...values));
    const gone = async (...scope: string[]) =>
      (await indexFolder(root, catalogue, grammars, { scope: new Scope(scope) })).removed;
    assert.equal(await gone('src', 'src/b'), 2);
    assert.equal(await gone('sr%', 'src'), 1);
    assert.deepEqual(
      catalogue.all<{ path: string }>('SELECT path FROM files ORDER BY path').map(({ path }) => path),
      ['src-old/e.ts', 'src.ts', 'src0/d.ts', 'srd/f.ts'],
    );
    assert.deepEqual(
      asked.filter((sql) => !sql.includes('WHERE')),
      [],
      'no pass over all files',
    );
    assert.deepEqual(verify(catalogue), []);
  });

  it('brings a part up to date and leaves the rest, gone files of that part included', async () => {
    const root = project(code);
    const catalogue = Catalogue.inMemory();
    await indexFolder(root, catalogue, grammars);
    rmSync(join(root, 'src/http.ts'));
    rmSync(join(root, 'doc.md'));
    writeFiles(root, { 'src/new.ts': 'export const renewed = 1;\n', 'src/other.ts': 'export const other = 2;\n' });
    const report = await indexFolder(root, catalogue, grammars, { scope: new Scope(['src/http.ts', 'src/new.ts']) });
    assert.deepEqual(
      { files: report.files, indexed: report.indexed, removed: report.removed },
      { files: 1, indexed: 1, removed: 1 },
    );
    const paths = catalogue.all<{ path: string }>('SELECT path FROM files ORDER BY path').map(({ path }) => path);
    assert.deepEqual(paths, ['doc.md', 'src/new.ts', 'src/retry.ts', 'test/retry.test.ts']);
    assert.deepEqual(verify(catalogue), []);
  });

  it('waits for its turn before each file', async () => {
    const root = project(code);
    let release: () => void = () => undefined;
    let waits = 0;
    const held = new Promise<void>((resolve) => (release = resolve));
    const running = indexFolder(root, Catalogue.inMemory(), grammars, {
      turn: () => (++waits === 2 ? held : undefined),
    });
    while (waits < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(waits, 2);
    release();
    assert.equal((await running).indexed, 4);
  });

  it('answers within filters and phrases', async () => {
    const root = project(code);
    const catalogue = Catalogue.inMemory();
    await indexFolder(root, catalogue, grammars);
    const paths = (question: string) => ask(catalogue, question, root).map(({ path }) => path);
    assert.deepEqual(paths('retryWithBackoff lang:md'), ['doc.md']);
    assert.deepEqual(paths('retryWithBackoff path:src -path:http'), ['src/retry.ts']);
    assert.deepEqual(paths('symbol:send'), ['src/http.ts']);
    assert.deepEqual(paths('"sent again, see"'), ['doc.md']);
    assert.deepEqual(paths('"again sent"'), []);
    assert.deepEqual(paths(''), []);
  });

  it('reads again only what has changed, and what lies where another file was', async () => {
    const root = project(code);
    const catalogue = Catalogue.inMemory();
    await indexFolder(root, catalogue, grammars);
    assert.equal((await indexFolder(root, catalogue, grammars)).indexed, 0);
    writeFiles(root, { 'src/http.ts': 'export const halt = 1;\n', 'src/new.ts': 'export const fresh = 1;\n' });
    renameSync(join(root, 'doc.md'), join(root, 'moved.md'));
    rmSync(join(root, 'test'), { recursive: true });
    const report = await indexFolder(root, catalogue, grammars);
    assert.deepEqual(
      { files: report.files, indexed: report.indexed, removed: report.removed },
      { files: 4, indexed: 3, removed: 2 },
    );
    assert.deepEqual(
      ask(catalogue, 'retryWithBackoff', root)
        .map(({ path }) => path)
        .sort(),
      ['moved.md', 'src/retry.ts'],
    );
    assert.deepEqual(
      ask(catalogue, 'halt fresh', root)
        .map(({ path }) => path)
        .sort(),
      ['src/http.ts', 'src/new.ts'],
    );
    assert.deepEqual(verify(catalogue), []);
  });

  it('notices a change that left size and time as they were, while the file is young', async () => {
    const root = makeFolder({ 'a.ts': 'const apple = 1;\n' });
    const catalogue = Catalogue.inMemory();
    await indexFolder(root, catalogue, grammars);
    const { atime, mtime } = statSync(join(root, 'a.ts'));
    writeFileSync(join(root, 'a.ts'), 'const peach = 1;\n');
    utimesSync(join(root, 'a.ts'), atime, mtime);
    await indexFolder(root, catalogue, grammars);
    assert.deepEqual(
      ask(catalogue, 'apple peach', root).map(({ why }) => Object.keys(why.terms)),
      [['peach']],
    );
  });

  it('reads a file again that has changed while it was being read', async () => {
    const root = project(code);
    const catalogue = Catalogue.inMemory();
    let changed = false;
    await indexFolder(root, catalogue, grammars, {
      // The walk has seen the file as it was.
      turn: () => {
        if (!changed) writeFileSync(join(root, 'doc.md'), '# Changed\n\nOnly now.\n');
        changed = true;
        return undefined;
      },
    });
    await indexFolder(root, catalogue, grammars);
    assert.deepEqual(
      ask(catalogue, 'changed only now', root).map(({ path }) => path),
      ['doc.md'],
    );
    assert.deepEqual(verify(catalogue), []);
  });

  it('keeps what was read when it is told to stop', async () => {
    const root = project(code);
    const catalogue = Catalogue.inMemory();
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(indexFolder(root, catalogue, grammars, { signal: stop.signal }), { name: 'AbortError' });
    assert.deepEqual(verify(catalogue), []);
    assert.equal((await indexFolder(root, catalogue, grammars)).indexed, 4);
  });

  it('makes a damaged index again, and refuses to search it', async () => {
    const root = project(code);
    const store = makeFolder();
    const index = async (): Promise<{ remade: boolean; report: IndexingReport }> => {
      const { catalogue, remade } = Catalogue.openForWriting(store);
      const report = await indexFolder(root, catalogue, grammars);
      catalogue.close();
      return { remade, report };
    };
    assert.throws(
      () => Catalogue.openForReading(store),
      (error) => error instanceof CatalogueError && error.code === 'missing',
    );
    assert.equal((await index()).remade, false);
    writeFileSync(join(store, 'catalogue.db'), 'this is no database, whatever its name says'.repeat(100));
    assert.throws(
      () => Catalogue.openForReading(store),
      (error) => error instanceof CatalogueError && error.code === 'damaged',
    );
    const again = await index();
    assert.deepEqual({ remade: again.remade, indexed: again.report.indexed }, { remade: true, indexed: 4 });
    truncateSync(join(store, 'catalogue.db'), 0);
    assert.equal((await index()).report.indexed, 4);
  });
});

describe('segments', () => {
  const words = ['alpha', 'beta', 'gamma', 'delta', 'omega'];
  const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(' '));
  const change = fc.record({ file: fc.nat(30), text: fc.option(text) });

  it('answer as if everything had been indexed at once, whatever came and went', () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 40 }), (rounds) => {
        const catalogue = Catalogue.inMemory();
        const now = new Map<string, string>();
        for (const round of rounds) {
          const batch = new Batch();
          const changed = new Map(round.map(({ file, text: content }) => [`${file}/`, content]));
          for (const [path, content] of changed) {
            const known = catalogue.all<{ id: number }>('SELECT id FROM files WHERE path = ?', path)[0];
            if (content === null) {
              if (known !== undefined) batch.removed.push(known.id);
              now.delete(path);
            } else {
              batch.add({
                path,
                language: 'plaintext',
                hash: new Uint8Array(),
                bytes: 0,
                modified: 0,
                ...oneChunk(content),
              });
              now.set(path, content);
            }
          }
          commit(catalogue, batch);
        }
        assert.deepEqual(verify(catalogue), []);
        const texts = [...now.values()];
        const reference = [...new Bm25(texts, splitIdentifiers).search('alpha gamma')]
          .filter((score) => score > 0)
          .sort((a, b) => b - a);
        const { lexical } = lookInto(catalogue);
        lexical.slots.refresh();
        const scores = lexical.scores(['alpha', 'gamma'].flatMap(splitIdentifiers));
        const found = scores.best(100, () => true).map((slot) => scores.match(slot).score);
        assert.equal(found.length, reference.length);
        found.forEach((score, index) => assert.ok(Math.abs(score - reference[index]!) < 1e-4 * score));
        const segments = catalogue.all<{ count: number }>('SELECT count(*) AS count FROM segments')[0]!.count;
        assert.ok(segments <= 24, `${segments} segments`);
      }),
      { numRuns: 60 },
    );
  });

  function oneChunk(content: string) {
    return describeChunks(content, '', [{ start: 0, end: content.length, symbols: [], defines: false }]);
  }
});

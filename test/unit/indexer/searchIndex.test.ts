import assert from 'node:assert/strict';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CatalogueError } from '../../../src/indexer/store/catalogue';
import { EmbeddingCache } from '../../../src/indexer/embedding/cache';
import type { Embedder } from '../../../src/ipc/indexer/embedder';
import { SearchIndex } from '../../../src/indexer/searchIndex';
import type { SearchIndexOptions } from '../../../src/indexer/indexing/searchIndexOptions';
import { encode } from '../../support/encode';
import { WordEmbedder } from '../../support/embedders';
import { makeFolder, writeFiles } from '../../support/folder';
import { grammars } from '../../support/grammars';

const settled = new Date(Date.now() - 60_000);

/** Old enough for their times to be trusted. */
function settle(root: string, paths: readonly string[]): void {
  for (const path of paths) utimesSync(join(root, path), settled, settled);
}

function project(files: Readonly<Record<string, string>>): string {
  const root = makeFolder(files);
  settle(root, Object.keys(files));
  return root;
}

const code = {
  'src/retry.ts': 'export async function attemptAgain(work: () => Promise<void>) {\n  await work();\n}\n',
  'src/colour.ts': 'export function paint(red: number, green: number) {\n  return red + green;\n}\n',
  'src/net.ts': 'export function download(address: string) {\n  return fetch(address);\n}\n',
};
/** Questions ask with other words than the code has. */
const synonyms = [
  ['retry', 'again'],
  ['hue', 'colour', 'green', 'red', 'paint'],
  ['url', 'address'],
];

describe('a search index', () => {
  const opened: { close(): void }[] = [];
  const closing = <Item extends { close(): void }>(item: Item): Item => (opened.push(item), item);
  const open = (root: string, options: Partial<SearchIndexOptions> = {}): SearchIndex =>
    closing(new SearchIndex({ store: makeFolder(), root, grammars, ...options }));
  const cacheIn = (folder: string, budget = Infinity, trouble: string[] = []): EmbeddingCache =>
    closing(new EmbeddingCache(folder, budget, (sentence) => trouble.push(sentence)));
  const paths = async (index: SearchIndex, question: string, mode?: 'lexical' | 'dense' | 'hybrid') =>
    (await index.search(question, mode === undefined ? {} : { mode })).map(({ path }) => path);

  afterEach(() => {
    while (opened.length > 0) opened.pop()!.close();
  });

  it('finds by meaning what words do not find, and says why', async () => {
    const index = open(project(code), { fast: new WordEmbedder('words', 192, synonyms) });
    assert.ok(index.becomeWriter());
    await index.update();
    assert.deepEqual(await paths(index, 'hue', 'lexical'), []);
    const [first] = await index.search('which hue');
    assert.equal(first!.path, 'src/colour.ts');
    assert.ok(first!.why.dense! > 0.5);
    assert.deepEqual(first!.why.terms, {});
    assert.equal((await paths(index, 'retry', 'dense'))[0], 'src/retry.ts');
    assert.deepEqual(await paths(index, 'hue path:net'), ['src/net.ts']);
    const [both] = await index.search('download url');
    assert.deepEqual([both!.path, Object.keys(both!.why.terms)], ['src/net.ts', ['download']]);
    assert.deepEqual(index.coverage(), { files: 3, chunks: 3, vectors: { 'words/192/int8': 3 } });
    assert.deepEqual(index.verify(), []);
  });

  it('answers with what is written while a model embeds the question', async () => {
    const words = new WordEmbedder('words', 192, synonyms);
    const files = { ...code, 'src/queue.ts': 'export function drain() {}\n' };
    const root = project(files);
    let meanwhile: () => Promise<unknown> = () => Promise.resolve();
    const slow: Embedder = {
      id: words.id,
      dimension: words.dimension,
      embed: async (texts, kind) => {
        if (kind === 'query') await meanwhile();
        return words.embed(texts, kind);
      },
    };
    const index = open(root, { fast: slow });
    assert.ok(index.becomeWriter());
    await index.update();
    /** The files that share words with the question, and which. */
    const ask = async () => {
      const hits = await index.search('drain flood again');
      return hits.map(({ path, why }) => [path, ...Object.keys(why.terms)]).filter(({ length }) => length > 1);
    };
    assert.deepEqual((await ask()).flat().sort(), ['again', 'drain', 'src/queue.ts', 'src/retry.ts']);
    let times = 0;
    meanwhile = async () => {
      if (times++ > 0) return;
      writeFiles(root, { 'src/flood.ts': 'export function flood() {}\n', 'src/queue.ts': 'export const none = 0;\n' });
      await index.update();
    };
    const during = await ask();
    assert.deepEqual(during.flat().sort(), ['again', 'flood', 'src/flood.ts', 'src/retry.ts']);
    assert.deepEqual(await ask(), during);
  });

  it('reads files as the editor does, and anew when that changes', async () => {
    const root = makeFolder({ 'a.js': encode('// 读取配置\nfunction load() {}\n', 'gbk'), 'b.js': '// Größe\n' });
    settle(root, ['a.js', 'b.js']);
    const index = open(root);
    index.becomeWriter();
    const indexed = async (encoding: string): Promise<number> => {
      index.useEncodings({ encoding: 'utf8', byLanguage: { javascript: encoding } });
      return (await index.update()).indexed;
    };
    assert.equal(await indexed('gbk'), 2);
    const [hit] = await index.search('读取配置');
    assert.deepEqual([hit?.path, index.readLines()('a.js', 1, 1)], ['a.js', ['// 读取配置']]);
    assert.equal(await indexed('gbk'), 0);
    assert.equal(await indexed('windows1252'), 1);
    assert.deepEqual(await paths(index, '读取配置'), []);
    assert.deepEqual(index.readLines()('a.js', 1, 1), ['// ¶ÁÈ¡ÅäÖÃ']);
  });

  it('cuts and embeds a text alike, whatever its line ends', async () => {
    const prose = Array.from(
      { length: 60 },
      (_, at) => `Paragraph ${at} says what comes next in some words.${at % 4 === 3 ? '\n' : ''}\n`,
    ).join('');
    const fast = new WordEmbedder('words');
    const index = open(
      makeFolder({
        'lf.txt': prose,
        'crlf.txt': prose.replaceAll('\n', '\r\n'),
        'cr.txt': prose.replaceAll('\n', '\r'),
      }),
      { fast },
    );
    index.becomeWriter();
    const { chunks } = await index.update();
    assert.equal(chunks % 3, 0);
    assert.equal(new Set(fast.asked).size, chunks / 3);
    for (const path of ['lf.txt', 'crlf.txt', 'cr.txt']) {
      const [hit] = await index.search(`"Paragraph 42" path:${path}`);
      assert.ok(hit!.from <= 53 && hit!.to >= 53, path);
    }
  });

  it('embeds nothing when it is opened again', async () => {
    const root = project(code);
    const options = { store: makeFolder(), fast: new WordEmbedder('words') };
    for (let round = 0; round < 2; round++) {
      const index = open(root, options);
      index.becomeWriter();
      const report = await index.update();
      assert.deepEqual(
        [report.indexed, index.counts.embedded, options.fast.asked.length],
        round === 0 ? [3, 3, 3] : [0, 0, 3],
      );
      assert.equal((await paths(index, 'paint', 'dense'))[0], 'src/colour.ts');
      index.close();
    }
  });

  it('embeds only what is new when a branch is switched back and forth, and in a clone nothing', async () => {
    const root = project(code);
    const shared = makeFolder();
    const fast = new WordEmbedder('words');
    const index = open(root, { cache: cacheIn(shared), fast });
    index.becomeWriter();
    await index.update();
    const other = {
      'src/colour.ts': 'export function mix(blue: number) {\n  return blue;\n}\n',
      'src/more.ts': 'export const more = () => paint(1, 2);\n',
    };
    const embedded: number[] = [];
    for (let round = 0; round < 3; round++) {
      for (const branch of [other, code]) {
        writeFiles(root, branch);
        settle(root, Object.keys(branch));
        if (branch === code) rmSync(join(root, 'src/more.ts'));
        utimesSync(
          join(root, 'src/colour.ts'),
          settled,
          new Date(settled.getTime() - (round * 2 + Number(branch === code)) * 1_000),
        );
        const before = fast.asked.length;
        await index.update();
        embedded.push(fast.asked.length - before);
      }
    }
    assert.deepEqual(embedded, [2, 0, 0, 0, 0, 0]);
    assert.deepEqual(await paths(index, 'paint red', 'lexical'), ['src/colour.ts']);
    const clone = open(project({ 'lib/moved.ts': code['src/retry.ts'], 'net.ts': code['src/net.ts'] }), {
      cache: cacheIn(shared),
      fast,
    });
    clone.becomeWriter();
    await clone.update();
    assert.deepEqual(clone.counts, { embedded: 0, cached: 2 });
    assert.equal((await paths(clone, 'download', 'dense'))[0], 'net.ts');
  });

  it('finds by meaning what was gone long enough to be forgotten, and is there again', async () => {
    const root = project(code);
    const options = { store: makeFolder(), cache: cacheIn(makeFolder()), fast: new WordEmbedder('words') };
    const index = open(root, options);
    index.becomeWriter();
    await index.update();
    const gone = { 'src/retry.ts': code['src/retry.ts'], 'src/net.ts': code['src/net.ts'] };
    for (const path of Object.keys(gone)) rmSync(join(root, path));
    await index.update();
    writeFiles(root, gone);
    settle(root, Object.keys(gone));
    await index.update();
    assert.deepEqual(index.counts, { embedded: 3, cached: 2 });
    assert.deepEqual(open(root, options).coverage(), { files: 3, chunks: 3, vectors: { 'words/192/int8': 3 } });
  });

  it('keeps no vectors of the fast model beside better ones where there is no room, and does not make them again', async () => {
    const root = project(code);
    const [fast, full] = [new WordEmbedder('fast'), new WordEmbedder('full', 256, synonyms)];
    // A power of two that no key of these is a multiple of.
    const options = { store: makeFolder(), fast, full, room: { bytesForBoth: 0, first: 2, oneIn: 2 ** 20 } };
    const index = open(root, options);
    index.becomeWriter();
    await index.update();
    assert.equal((await paths(index, 'paint', 'dense'))[0], 'src/colour.ts');
    await index.upgrade();
    const models = (): unknown[] => {
      const database = new DatabaseSync(join(options.store, 'catalogue.db'), { readOnly: true });
      try {
        return database
          .prepare('SELECT model, sum(count) AS count FROM blocks GROUP BY model ORDER BY model')
          .all()
          .map((row) => ({ ...row }));
      } finally {
        database.close();
      }
    };
    assert.deepEqual(models(), [{ model: 'full/256/int8', count: 3 }]);
    assert.deepEqual(index.coverage().vectors, { 'full/256/int8': 3, 'fast/192/int8': 0 });
    assert.equal((await paths(index, 'hue'))[0], 'src/colour.ts');
    index.close();
    const again = open(root, options);
    again.becomeWriter();
    await again.update();
    await again.upgrade();
    assert.deepEqual([again.counts, fast.asked.length, full.asked.length], [{ embedded: 0, cached: 0 }, 3, 3]);
    assert.equal((await paths(again, 'hue'))[0], 'src/colour.ts');
    assert.deepEqual(again.verify(), []);
  });

  it('has the better model take over, recent files first, and keeps what was embedded when it is stopped', async () => {
    const root = project(code);
    const [fast, full] = [new WordEmbedder('fast'), new WordEmbedder('full', 256, synonyms)];
    const store = makeFolder();
    const index = open(root, { store, fast, full });
    index.becomeWriter();
    await index.update();
    assert.deepEqual([fast.asked.length, full.asked.length], [3, 0]);
    const stop = new AbortController();
    const reason = new Error('stopped');
    let calls = 0;
    const slow = open(root, { store: makeFolder(), fast, full });
    slow.becomeWriter();
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, number) => [`many/${number}.ts`, `export const value${number} = ${number};\n`]),
    );
    writeFiles(root, many);
    settle(root, Object.keys(many));
    await slow.update();
    const turn = (): Promise<void> => (calls++ === 1 ? (stop.abort(reason), Promise.resolve()) : Promise.resolve());
    await assert.rejects(slow.upgrade({ recent: ['src/net.ts', 'src/colour.ts'], turn, signal: stop.signal }), reason);
    assert.deepEqual(full.asked.slice(0, 2), [code['src/net.ts'], code['src/colour.ts']]);
    assert.deepEqual(slow.coverage().vectors, { 'full/256/int8': 32, 'fast/192/int8': 11 });
    assert.deepEqual(await slow.upgrade(), { missing: 11, done: 11 });
    assert.equal(full.asked.length, 43);
    assert.equal((await paths(slow, 'hue'))[0], 'src/colour.ts');
    assert.deepEqual(slow.verify(), []);
  });

  it('notices damaged vectors, names them, and makes them again from the cache', async () => {
    const store = makeFolder();
    const trouble: string[] = [];
    const root = project(code);
    const options = {
      store,
      fast: new WordEmbedder('words'),
      cache: cacheIn(makeFolder()),
      onTrouble: (sentence: string) => trouble.push(sentence),
    };
    const first = open(root, options);
    first.becomeWriter();
    await first.update();
    first.close();
    damage(store, 'UPDATE blocks SET data = zeroblob(length(data))');
    const index = open(root, options);
    // As many blocks as there were commits: where time is short, a file may have one of its own.
    const problems = index.verify();
    assert.notEqual(problems.length, 0);
    for (const problem of problems) assert.match(problem, /^The vectors of block \d are damaged\.$/);
    // Words still find everything.
    assert.deepEqual(await paths(index, 'paint'), ['src/colour.ts']);
    index.becomeWriter();
    await index.update();
    assert.equal(trouble.length, 1);
    assert.match(trouble[0]!, /block 1/);
    assert.deepEqual([index.counts, index.verify()], [{ embedded: 0, cached: 3 }, []]);
    assert.equal((await paths(index, 'paint', 'dense'))[0], 'src/colour.ts');
  });

  it('notices a damaged segment or database, and makes the index again from the cache', async () => {
    const ways: ((store: string) => void)[] = [
      (store) => damage(store, 'UPDATE segments SET lengths = zeroblob(length(lengths))'),
      (store) => damage(store, 'UPDATE postings SET data = zeroblob(1)'),
      (store) => writeFileSync(join(store, 'catalogue.db'), 'this is no database'.repeat(500)),
    ];
    for (const [way, harm] of ways.entries()) {
      const store = makeFolder();
      const trouble: string[] = [];
      const root = project(code);
      const options = {
        store,
        fast: new WordEmbedder('words'),
        cache: cacheIn(makeFolder()),
        onTrouble: (sentence: string) => trouble.push(sentence),
      };
      const first = open(root, options);
      first.becomeWriter();
      await first.update();
      first.close();
      harm(store);
      const reader = open(root, options);
      assert.equal(reader.verify().length > 0, true, `way ${way}`);
      if (way !== 1)
        await assert.rejects(
          reader.search('paint'),
          (error) => error instanceof CatalogueError && error.code === 'damaged',
        );
      const index = open(root, options);
      index.becomeWriter();
      if (way === 1) index.clear();
      else writeFiles(root, { 'src/net.ts': `${code['src/net.ts']}// changed\n` });
      await index.update();
      assert.equal(trouble.length, way === 1 ? 0 : 1, `way ${way}`);
      assert.deepEqual(index.verify(), []);
      assert.ok(index.counts.cached >= 2);
      assert.deepEqual(await paths(reader, 'paint', 'lexical'), ['src/colour.ts']);
    }
  });

  it('is written by one and read by all, and the next one takes over', async () => {
    const root = project(code);
    const store = makeFolder();
    const [first, second] = [open(root, { store }), open(root, { store })];
    assert.deepEqual([first.becomeWriter(), second.becomeWriter(), second.isWriter], [true, false, false]);
    await assert.rejects(second.update(), /Another process/);
    assert.deepEqual(await paths(second, 'paint'), []);
    await first.update();
    assert.deepEqual(await paths(second, 'paint'), ['src/colour.ts']);
    first.close();
    assert.ok(second.becomeWriter());
    assert.equal((await second.update()).indexed, 0);
  });

  it('says so when there is no room, and keeps what it had', async () => {
    const root = project(code);
    const store = makeFolder();
    const small = open(root, { store, budget: 120_000 });
    small.becomeWriter();
    await small.update();
    writeFiles(
      root,
      Object.fromEntries(
        Array.from({ length: 50 }, (_, number) => [
          `big/${number}.md`,
          Array.from({ length: 500 }, (_, word) => `w${number}x${word}`).join(' '),
        ]),
      ),
    );
    await assert.rejects(small.update(), (error: Error & { errcode?: number }) => error.errcode === 13);
    assert.deepEqual([small.verify(), await paths(small, 'paint')], [[], ['src/colour.ts']]);
    small.close();
    const roomy = open(root, { store });
    roomy.becomeWriter();
    await roomy.update();
    assert.equal(roomy.coverage().files, 53);
  });

  it('knows the snippets that are nearest, and nothing where there is no time', async () => {
    const index = open(project(code), { fast: new WordEmbedder('words', 192, synonyms) });
    index.becomeWriter();
    await index.update();
    const [first, ...others] = await index.nearest('const hue = 1;', { top: 2, least: 0.4 });
    assert.deepEqual(
      { path: first!.path, text: first!.text, symbol: first!.symbol, others },
      { path: 'src/colour.ts', text: code['src/colour.ts'], symbol: 'paint', others: [] },
    );
    assert.deepEqual(
      await index.nearest('const hue = 1;', { top: 2, least: 0.4, acceptsPath: (path) => path !== 'src/colour.ts' }),
      [],
    );
    assert.deepEqual(await index.nearest('const hue = 1;', { top: 2, deadline: performance.now() - 1 }), []);
  });

  it('searches by words when a model fails', async () => {
    const fast = new WordEmbedder('words');
    const index = open(project(code), { fast });
    index.becomeWriter();
    await index.update();
    fast.embed = () => Promise.reject(new Error('the engine has stopped'));
    assert.deepEqual(await paths(index, 'paint'), ['src/colour.ts']);
  });
});

function damage(store: string, sql: string): void {
  const database = new DatabaseSync(join(store, 'catalogue.db'));
  database.exec(sql);
  database.close();
}

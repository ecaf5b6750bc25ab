import assert from 'node:assert/strict';
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IndexMessage, Method, SearchRemark } from '../../../../src/ipc/indexer/protocol';
import { IndexServer } from '../../../../src/indexer/process/server';
import type { WriterCommand } from '../../../../src/indexer/process/commands';
import type { SearchIndex } from '../../../../src/indexer/searchIndex';
import { CatalogueError } from '../../../../src/indexer/store/catalogue';
import { storeName } from '../../../../src/indexer/store/storeName';
import { makeFolder } from '../../../support/folder';

const hit = {
  path: 'a.ts',
  from: 1,
  to: 1,
  symbol: '',
  score: 1,
  why: { terms: {}, rules: {} },
  piece: { start: 0, end: 1, around: '' },
};

describe('the index process, asked in several folders', () => {
  /** What the index of /b throws; it answers where this is undefined. */
  let failure: Error | undefined;
  /** Where the index of a folder finds it. */
  let place: (root: string) => string;
  /** What the index of a folder says about the question. */
  let said: (root: string) => SearchRemark[];
  let storage: string;
  let commands: WriterCommand[];
  let sent: IndexMessage[];
  let server: IndexServer;
  let nextId: number;
  let cleared: number;

  /** Enough of an index to be asked. */
  const indexOf = (root: string): SearchIndex =>
    ({
      exists: () => true,
      useFull: () => undefined,
      useEncodings: () => undefined,
      readLines: () => () => ['a'],
      coverage: () => ({ files: 1, chunks: 2, vectors: {} }),
      size: () => 100,
      answer: () =>
        root === '/b' && failure !== undefined
          ? Promise.reject(failure)
          : Promise.resolve({ hits: [{ ...hit, path: place(root) }], remarks: said(root) }),
    }) as unknown as SearchIndex;

  const ask = async (method: Method, params: unknown) => {
    const id = nextId++;
    await server.receive({ kind: 'request', id, method, params });
    return sent.find((message) => message.kind === 'result' && message.id === id);
  };
  const search = async () => {
    const answered = await ask('search', { text: 'a', kind: 'words', top: 5 });
    assert.ok(answered?.kind === 'result');
    const { found, gaps } = answered.value as { found: { root: string }[]; gaps: unknown[] };
    return { roots: found.map(({ root }) => root), gaps };
  };

  beforeEach(async () => {
    said = () => [];
    [failure, commands, sent, nextId, cleared] = [undefined, [], [], 1, 0];
    place = () => 'a.ts';
    storage = makeFolder();
    server = new IndexServer({
      storage,
      open: ({ root }) => indexOf(root),
      cache: { size: 7, clear: () => void (cleared += 1) },
      send: (message) => sent.push(message),
      vectors: { ask: () => Promise.reject(new Error('none')), answer: () => undefined },
      write: (command) => {
        commands.push(command);
        return Promise.resolve();
      },
      longCall: (work) => work(),
    });
    await ask('open', { roots: ['/a', '/b'].map((path) => ({ path, excludes: [], first: [] })) });
    commands.length = 0;
  });

  it('removes indexes of folders that have left the workspace where all take too much room', async () => {
    const stores = ['/a', '/b', '/gone'].map((root) => join(storage, storeName(root), 'catalogue.db'));
    for (const place of stores) {
      mkdirSync(dirname(place));
      writeFileSync(place, '');
      truncateSync(place, 2 ** 30);
    }
    await ask('open', { roots: ['/a', '/b'].map((path) => ({ path, excludes: [], first: [] })) });
    assert.deepEqual(stores.map(existsSync), [true, true, false]);
  });

  it('says what shared vectors and indexes of other folders take, and removes both, but no index of a folder that is open', async () => {
    const stores = ['/a', '/b', '/gone'].map((root) => join(storage, storeName(root), 'catalogue.db'));
    for (const place of stores) {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, 'x'.repeat(50));
    }
    const sizes = async () => {
      const answered = await ask('size', {});
      assert.ok(answered?.kind === 'result');
      return answered.value;
    };
    const own = { bytes: 200, files: 2, chunks: 4, cacheBytes: 7 };
    assert.deepEqual(await sizes(), { ...own, oldBytes: 50 });
    await ask('clearCaches', { keep: ['/a', '/b'] });
    assert.deepEqual(stores.map(existsSync), [true, true, false]);
    assert.equal(cleared, 1);
    assert.deepEqual(await sizes(), { ...own, oldBytes: 0 });
  });

  it('answers from all', async () => {
    assert.deepEqual(await search(), { roots: ['/a', '/b'], gaps: [] });
    assert.deepEqual(commands, []);
  });

  it('answers from those that can be read, and says which cannot and why', async () => {
    failure = new Error('disk I/O error');
    assert.deepEqual(await search(), {
      roots: ['/a'],
      gaps: [{ root: '/b', kind: 'failed', reason: 'disk I/O error' }],
    });
    assert.deepEqual(commands, [{ kind: 'changed', root: '/b' }]);
  });

  it('shows what lies in two of them once, as the inner one has it, and never the sample itself', async () => {
    await ask('open', { roots: ['/', '/b', '/b/c'].map((path) => ({ path, excludes: [], first: [] })) });
    place = (root) => `${'/b/c'.slice(root === '/' ? 1 : root.length + 1)}/a.ts`.replace(/^\//, '');
    assert.deepEqual(await search(), { roots: ['/b/c'], gaps: [] });
    const answered = await ask('search', {
      text: 'a',
      kind: 'code',
      top: 5,
      except: { root: '/b/c', path: 'a.ts', from: 1, to: 1 },
    });
    assert.deepEqual(answered, { kind: 'result', id: nextId - 1, value: { found: [], gaps: [], remarks: [] } });
  });

  it('says once what is true of the question, and of all folders only what is true of each', async () => {
    const unknown: SearchRemark = { kind: 'unknownKind', name: 'fn' };
    const absent: SearchRemark = { kind: 'noSuchLanguage', name: 'go' };
    const remarks = async (): Promise<unknown> => {
      const answered = await ask('search', { text: 'a', kind: 'words', top: 5 });
      assert.ok(answered?.kind === 'result');
      return (answered.value as { remarks: unknown }).remarks;
    };
    said = () => [unknown, absent];
    assert.deepEqual(await remarks(), [unknown, absent]);
    said = (root) => (root === '/a' ? [unknown, absent] : [unknown]);
    assert.deepEqual(await remarks(), [unknown]);
  });

  it('has a damaged one made again, once until it answers', async () => {
    failure = new CatalogueError('damaged', 'The index is damaged.');
    for (let time = 0; time < 3; time++) assert.deepEqual((await search()).gaps, [{ root: '/b', kind: 'damaged' }]);
    assert.deepEqual(commands, [{ kind: 'repair', root: '/b' }]);
    failure = undefined;
    assert.deepEqual((await search()).gaps, []);
    failure = new CatalogueError('damaged', 'The index is damaged.');
    await search();
    assert.equal(commands.length, 2);
  });
});

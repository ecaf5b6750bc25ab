import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { searchBatch } from '../../../src/cli/searchBatch';
import type { Asked } from '../../../src/cli/searchBatch';
import type { SearchBatchCommand } from '../../../src/cli/arguments';
import type { Hit } from '../../../src/indexer/ranking/hits';
import type { SearchRequest } from '../../../src/indexer/searchIndex';
import { CatalogueError } from '../../../src/indexer/store/catalogue';

const root = process.platform === 'win32' ? 'C:\\w' : '/w';

const hit = (path: string, from: number, to: number): Hit => ({
  path,
  from,
  to,
  symbol: 'f',
  score: 1.5,
  why: { terms: { a: 1 }, rules: {} },
  piece: { start: 0, end: 1, around: '' },
});

/** Runs lines through a batch. @returns the lines written, parsed, and what the index was asked */
async function run(
  asks: SearchBatchCommand['asks'],
  lines: readonly (string | object)[],
  search: (input: string) => Hit[] = () => [hit('a.ts', 1, 3), hit('b.ts', 5, 9)],
) {
  const asked: [string, SearchRequest | undefined][] = [];
  const index: Asked = {
    answer: (input, request) => {
      asked.push([input, request]);
      const remarks = input.includes('lang:pyton') ? [{ kind: 'noSuchLanguage', name: 'pyton' } as const] : [];
      return Promise.resolve().then(() => ({ hits: search(input), remarks }));
    },
    readLines: () => (path, from, to) =>
      path === 'src/a.ts' ? Array.from({ length: 20 }, (_, at) => `line ${at + 1}`).slice(from - 1, to) : undefined,
  };
  const written: unknown[] = [];
  const input = Readable.from(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`));
  const command: SearchBatchCommand = { kind: 'searchBatch', asks, folder: root, mode: 'hybrid', top: 2 };
  await searchBatch(index, command, root, input, async (line) => {
    await Promise.resolve();
    written.push(JSON.parse(line));
  });
  return { written, asked };
}

const answers = [
  { path: 'a.ts', from: 1, to: 3, symbol: 'f', score: 1.5 },
  { path: 'b.ts', from: 5, to: 9, symbol: 'f', score: 1.5 },
];

describe('search --batch', () => {
  it('answers each line in order, as many as it asks for', async () => {
    const { written, asked } = await run('question', [
      { id: 1, query: 'retry', top: 7 },
      '',
      { id: 'b', query: 'x lang:ts' },
    ]);
    assert.deepEqual(written, [
      { id: 1, hits: answers },
      { id: 'b', hits: answers },
    ]);
    assert.deepEqual(asked, [
      ['retry', { mode: 'hybrid', top: 7 }],
      ['x lang:ts', { mode: 'hybrid', top: 2 }],
    ]);
  });

  it('says what there is to say about a question itself', async () => {
    const { written } = await run('question', [{ id: 1, query: 'retry lang:pyton' }]);
    assert.deepEqual(written, [
      { id: 1, hits: answers, remarks: ['No file here has the language or ending “pyton”.'] },
    ]);
  });

  it('answers a bad line as such, and goes on', async () => {
    const bad = ['{', '[]', { id: 2 }, { query: 'a' }, { id: 3, query: '' }, { id: 4, query: 'a', top: 0 }];
    const { written } = await run('question', [...bad, { id: 5, query: 'a' }]);
    assert.deepEqual(
      written.map((line) => line as { id: unknown; error?: { code: string } }).map(({ id, error }) => [id, error?.code]),
      [[null, 'invalid'], [null, 'invalid'], [2, 'invalid'], [null, 'invalid'], [3, 'invalid'], [4, 'invalid'], [5, undefined]],
    ); // prettier-ignore
  });

  it('ends where the index cannot be used', async () => {
    const damaged = () => {
      throw new CatalogueError('damaged', 'The index is damaged.');
    };
    await assert.rejects(run('question', [{ id: 1, query: 'a' }], damaged), CatalogueError);
  });
});

describe('similar --batch', () => {
  it('asks for the lines around a place, which is no answer itself', async () => {
    const own = [hit('src/a.ts', 5, 9), hit('src/a.ts', 10, 12), hit('b.ts', 5, 9), hit('c.ts', 1, 2)];
    const { written, asked } = await run('code', [{ id: 1, path: 'src/a.ts', line: 8 }], () => own);
    assert.deepEqual(
      asked[0]?.[0].split('\n'),
      Array.from({ length: 11 }, (_, at) => `line ${at + 3}`),
    );
    assert.deepEqual(written, [
      {
        id: 1,
        hits: [
          { path: 'src/a.ts', from: 10, to: 12, symbol: 'f', score: 1.5 },
          { path: 'b.ts', from: 5, to: 9, symbol: 'f', score: 1.5 },
        ],
      },
    ]);
  });

  it('takes code by itself, in which nothing is a filter', async () => {
    const { written, asked } = await run('code', [{ id: 1, text: 'const lang: string = "a"', top: 1 }]);
    assert.deepEqual(written, [{ id: 1, hits: answers }]);
    assert.deepEqual(asked, [['const lang  string =  a ', { mode: 'hybrid', top: 1 }]]);
  });

  it('reads nothing outside of the folder, and says where there is no text', async () => {
    const places = ['../x.ts', 'src/../../x.ts', `${root}x/a.ts`, 'gone.ts'].map((path, id) => ({ id, path, line: 1 }));
    const { written } = await run('code', [
      ...places,
      { id: 4, path: 'src/a.ts', line: 99 },
      { id: 5, path: 'src/a.ts' },
    ]);
    const messages = written.map((line) => (line as { error: { message: string } }).error.message);
    assert.deepEqual(
      messages.slice(0, 5).map((message) => /out of the folder|no text/.exec(message)?.[0]),
      ['out of the folder', 'out of the folder', 'out of the folder', 'no text', 'no text'],
    );
    assert.match(messages[5] ?? '', /^The line/);
  });
});

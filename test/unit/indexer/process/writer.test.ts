import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { IndexWriter } from '../../../../src/indexer/process/writer';
import type { UpdateOptions } from '../../../../src/indexer/indexing/maintenance';
import type { SearchIndex } from '../../../../src/indexer/searchIndex';
import type { Progress } from '../../../../src/ipc/indexer/protocol';
import { makeFolder } from '../../../support/folder';

const nothing = {
  files: 0,
  indexed: 0,
  chunks: 0,
  removed: 0,
  kept: 0,
  skipped: {},
  unreadable: [],
  milliseconds: { read: 0, embed: 0, write: 0 },
};

describe('the writer of indexes', () => {
  const troubles = [
    ['a full disk', Object.assign(new Error('database or disk is full'), { errcode: 13 }), /^There is no room left/],
    ['a full quota', Object.assign(new Error('EDQUOT'), { code: 'EDQUOT' }), /^There is no room left/],
    ['a read-only disk', Object.assign(new Error('EROFS'), { code: 'EROFS' }), /cannot be written.* read-only/],
    ['a read-only file', Object.assign(new Error('readonly'), { errcode: 8 }), /cannot be written.* read-only/],
    ['a locked folder', Object.assign(new Error('disk I/O error'), { errcode: 10 }), /disk I\/O error/],
  ] as const;
  for (const [what, error, sentence] of troubles)
    it(`says what is wrong with ${what}, and goes on by itself when it can, with all that was missed`, async () => {
      let left = 2;
      const scopes: unknown[] = [];
      const update = ({ scope }: UpdateOptions) => {
        scopes.push(scope);
        return left-- > 0 ? Promise.reject(error) : Promise.resolve(nothing);
      };
      const index = {
        becomeWriter: () => true,
        useFull: () => undefined,
        useEncodings: () => undefined,
        counts: { embedded: 0 },
        close: () => undefined,
      };
      const [reports, lines]: [Progress[], string[]] = [[], []];
      const writer = new IndexWriter({
        open: () => ({ ...index, isWriter: true, update }) as unknown as SearchIndex,
        encoder: () => {
          throw new Error('There is none.');
        },
        onProgress: (progress) => reports.push(progress),
        log: (level, message) => level === 'warn' && lines.push(message),
        retryMs: 20,
      });
      const root = { path: makeFolder(), store: makeFolder(), excludes: [], first: [] };
      await writer.do({ kind: 'roots', roots: [root] });
      const idle = async (): Promise<Progress> => {
        while (reports.at(-1)?.phase !== 'idle') await sleep(5);
        return reports.at(-1)!;
      };
      assert.match((await idle()).trouble ?? '', sentence);
      // What changes meanwhile is one file, but what was missed is not known.
      await writer.do({ kind: 'changed', root: root.path, paths: ['a.ts'] });
      while ((await idle()).trouble !== undefined) await sleep(5);
      assert.deepEqual(scopes, [undefined, undefined, undefined]);
      assert.equal(lines.length, 1, 'told once');
      await writer.do({ kind: 'roots', roots: [] });
    });
});

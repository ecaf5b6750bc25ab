import assert from 'node:assert/strict';
import { gapsInWords } from '../../../../src/features/search/gaps';
import type { Progress } from '../../../../src/ipc/indexer/protocol';
import { t } from '../../../support/translate';

const progress = (more: Partial<Progress>): Progress => ({
  phase: 'indexing',
  files: 12,
  total: 100,
  chunks: 0,
  chunksPerSecond: 0,
  ...more,
});

describe('what an answer leaves out', () => {
  it('is nothing where the index is whole', () => {
    assert.equal(gapsInWords([], undefined, t), undefined);
    assert.equal(gapsInWords([], progress({ phase: 'idle' }), t), undefined);
    assert.equal(gapsInWords([], progress({ phase: 'refining' }), t), undefined);
    assert.equal(gapsInWords([], progress({ files: 100 }), t), undefined);
  });

  it('is what has not been looked at', () => {
    assert.match(gapsInWords([], progress({}), t)!, /has looked at 12 % of the files so far: more may be there/);
    assert.match(gapsInWords([], progress({ phase: 'paused' }), t)!, /paused and has looked at 12 %/);
    assert.match(gapsInWords([], progress({ files: 0, total: undefined }), t)!, /0 %/);
  });

  for (const [kind, words] of [
    ['missing', /index of \/code is not made yet/],
    ['damaged', /index of \/code is damaged and is made again/],
    ['outdated', /of another version of Glassbox/],
    ['failed', /could not be read: disk I\/O error/],
  ] as const) {
    it(`is a folder whose index is ${kind}`, () =>
      assert.match(gapsInWords([{ root: '/code', kind, reason: 'disk I/O error' }], undefined, t)!, words));
  }
});

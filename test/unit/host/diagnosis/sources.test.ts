import assert from 'node:assert/strict';
import { DiagnosisSources } from '../../../../src/host/diagnosis/sources';

describe('DiagnosisSources', () => {
  it('collects from all, leaves out those that fail, and forgets those taken away', async () => {
    const sources = new DiagnosisSources();
    sources.add(() => Promise.resolve({ hostBytes: 1 }));
    sources.add(() => Promise.reject(new Error('no')));
    const remove = sources.add(() => Promise.resolve({ times: [] }));
    assert.deepEqual(await sources.collect(), { hostBytes: 1, times: [] });
    remove();
    assert.deepEqual(await sources.collect(), { hostBytes: 1 });
  });
});

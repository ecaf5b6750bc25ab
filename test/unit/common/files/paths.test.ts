import assert from 'node:assert/strict';
import { pathFrom } from '../../../../src/common/files/paths';

describe('paths', () => {
  it('are told from a root, which may end in a slash by itself', () => {
    assert.equal(pathFrom('/w', '/w/src/a.ts'), 'src/a.ts');
    assert.equal(pathFrom('/w/', '/w/src/a.ts'), 'src/a.ts');
    assert.equal(pathFrom('/', '/src/a.ts'), 'src/a.ts');
    assert.equal(pathFrom('/', '/.git/HEAD'), '.git/HEAD');
    assert.equal(pathFrom('/c:/', '/c:/src/a.ts'), 'src/a.ts');
    assert.equal(pathFrom('/w', '/w'), '');
  });
});

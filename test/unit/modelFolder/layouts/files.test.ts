import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nameOf } from '../../../../src/modelFolder/layouts/files';

describe('the name of a model in a folder', () => {
  it('is that of the folder', () => assert.equal(nameOf(join('models', 'coder')), 'coder'));
  it('is the one under which a cache of downloads keeps it', () => {
    const revision = join('hub', 'models--org--coder--small', 'snapshots', '0123abcd');
    assert.equal(nameOf(revision), 'org/coder--small');
    assert.equal(nameOf(join('hub', 'other', 'snapshots', '0123abcd')), '0123abcd');
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isIgnored } from '../../../../src/common/files/isIgnored';
import { makeFolder } from '../../../support/folder';

describe('whether a file is ignored', () => {
  const root = makeFolder();
  before(() => {
    mkdirSync(join(root, '.git'));
    mkdirSync(join(root, 'src', 'generated'), { recursive: true });
    writeFileSync(join(root, '.gitignore'), 'build/\n*.log\n');
    writeFileSync(join(root, 'src', '.gitignore'), 'generated/\n');
  });

  for (const [path, expected] of [
    ['src/a.ts', false],
    ['a.log', true],
    ['src/deep/a.log', true],
    ['build/a.ts', true],
    ['src/build/deep/a.ts', true],
    ['src/generated/a.ts', true],
    ['node_modules/a/a.ts', true],
    ['generated/a.ts', false],
  ] as const)
    it(`is ${expected ? '' : 'not '}so: ${path}`, async () =>
      assert.equal(await isIgnored(root, join(root, path)), expected));

  it('is not so outside of the folder', async () =>
    assert.ok(!(await isIgnored(join(root, 'src'), join(root, 'a.log')))));
});

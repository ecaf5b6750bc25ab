import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { isOutside } from '../../../../src/common/files/isOutside';

describe('common/files/isOutside', () => {
  const cases: readonly [paths: typeof posix, folder: string, path: string, outside: boolean][] = [
    [posix, '/w', '/w/src/a.ts', false],
    [posix, '/w', '/w', false],
    [posix, '/w', '/w/..a/b', false],
    [posix, '/w', '/wide/a.ts', true],
    [posix, '/w', '/', true],
    [posix, '/w', '/w/../a.ts', true],
    [posix, '/', '/a.ts', false],
    [posix, '/', '/', false],
    [win32, 'C:\\w', 'C:\\w\\a.ts', false],
    [win32, 'C:\\w', 'c:\\W\\a.ts', false],
    [win32, 'C:\\w', 'C:\\a.ts', true],
    [win32, 'C:\\w', 'D:\\w\\a.ts', true],
    [win32, 'C:\\', 'C:\\a.ts', false],
    [win32, 'C:\\', 'D:\\a.ts', true],
    [win32, 'C:\\', '\\\\server\\share\\a.ts', true],
  ];
  for (const [paths, folder, path, outside] of cases)
    it(`${path} is ${outside ? 'outside of' : 'in'} ${folder}`, () =>
      assert.equal(isOutside(folder, path, paths), outside));
});

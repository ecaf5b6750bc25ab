import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { root } from '../../support/paths';

/** Where what a folder of test/unit/ tests lies, where that is not the folder of src/ of the same name. */
const elsewhere: Readonly<Record<string, string>> = { bench: 'test/bench', scripts: 'scripts', webview: 'webview' };

/** The module or folder that a unit test is about, without its ending: `x/y.aspect.test.ts` tests one aspect of `x/y`. */
function subjectOf(test: string): string {
  const path = relative('test/unit', test).split(sep).join('/');
  const [top = ''] = path.split('/');
  const [name = ''] = path.slice(dirname(path).length + 1).split('.');
  const folder = dirname(path);
  return top in elsewhere ? `${elsewhere[top] ?? ''}${folder.slice(top.length)}/${name}` : `src/${folder}/${name}`;
}

describe('test/unit', () => {
  it('mirrors src/: every unit test has the path of the module or folder that it is about', () => {
    // Rules about the whole repository have no module.
    const tests = globSync('test/unit/**/*.test.ts', { cwd: root }).filter(
      (path) => !path.startsWith(join('test', 'unit', 'repository') + sep),
    );
    assert.ok(tests.length > 100);
    const lost = tests.filter(
      (test) => !['', '.ts', '.mjs'].some((ending) => existsSync(join(root, subjectOf(test) + ending))),
    );
    assert.deepEqual(lost, []);
  });
});

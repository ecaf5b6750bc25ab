import assert from 'node:assert/strict';
import { neighboursOf } from '../../../src/nearby/candidateFiles';
import { maxNeighbours } from '../../../src/ipc/engine/protocol';

const of = (path: string, text = '', open: string[] = [], around: string[] = []) =>
  neighboursOf({ path, text }, open, around);

describe('neighboursOf', () => {
  it('takes open files, then imported ones, then those around, each once and never the document', () => {
    const found = of(
      '/w/src/a.ts',
      "import { b } from './b';\nimport { c } from '../lib/c.js';\n",
      ['/w/x.ts', '/w/src/a.ts'],
      ['/w/src/a.ts', '/w/src/b.ts', '/w/src/z.ts'],
    );
    assert.deepEqual(found, [
      '/w/x.ts',
      '/w/src/b.ts',
      '/w/src/b/index.ts',
      '/w/lib/c.ts',
      '/w/lib/c/index.ts',
      '/w/src/z.ts',
    ]);
  });

  it('follows the imports of Python and calls of require', () => {
    assert.deepEqual(of('/w/p/q/a.py', 'from .b import x\nfrom ..c.d import y\nfrom os import path\n'), [
      '/w/p/q/b.py',
      '/w/p/c/d.py',
    ]);
    assert.deepEqual(of('/w/a.js', "const b = require('./b');"), ['/w/b.js', '/w/b/index.js']);
  });

  it('leaves out other languages and files that hold secrets', () => {
    assert.deepEqual(of('/w/a.ts', '', ['/w/b.py', '/w/c.jsx'], ['/w/d.md', '/w/e.vue']), ['/w/c.jsx', '/w/e.vue']);
    assert.deepEqual(of('/w/a.json', '', ['/w/secrets.json', '/w/b.json']), ['/w/b.json']);
  });

  it('names no more than a request may carry', () => {
    const many = Array.from({ length: maxNeighbours + 100 }, (_, n) => `/w/f${n}.ts`);
    assert.equal(of('/w/a.ts', '', [], many).length, maxNeighbours);
  });
});

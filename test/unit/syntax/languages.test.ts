import assert from 'node:assert/strict';
import { closesBlock, languageOf, languageWithId, pathInLanguage } from '../../../src/syntax/languages';

describe('the language of a file', () => {
  const cases: [path: string, id: string][] = [
    ['src/a.ts', 'typescript'],
    ['src/A.TSX', 'typescriptreact'],
    ['a.d.mts', 'typescript'],
    ['include/a.h', 'c'],
    ['a.gradle', 'groovy'],
    ['build/Makefile', 'makefile'],
    ['Dockerfile', 'dockerfile'],
    ['Dockerfile.dev', 'dockerfile'],
    ['images/web.dockerfile', 'dockerfile'],
    ['ci/Jenkinsfile', 'groovy'],
    ['/home/me/.bashrc', 'shellscript'],
    ['Gemfile', 'ruby'],
    ['CMakeLists.txt', 'cmake'],
    ['Cargo.lock', 'toml'],
    ['.gitignore', 'ignore'],
    ['BUILD.bazel', 'starlark'],
    ['LICENSE', 'plaintext'],
    // A name is no ending, and what only begins like one is another name.
    ['go', 'plaintext'],
    ['json', 'plaintext'],
    ['makefile.js', 'javascript'],
    ['dockerfiles.md', 'markdown'],
    ['file.', 'plaintext'],
    ['.ts', 'plaintext'],
    ['', 'plaintext'],
  ];
  for (const [path, id] of cases) it(`${path} is ${id}`, () => assert.equal(languageOf(path).id, id));

  it('is unknown to the table where an editor names another one', () => {
    assert.equal(languageWithId('scminput'), undefined);
    assert.equal(languageWithId('rust')?.id, 'rust');
  });
});

describe('a path in a language', () => {
  const cases: [path: string, languageId: string, expected: string][] = [
    ['a.ts', 'typescript', 'a.ts'],
    ['Untitled-1', 'rust', 'Untitled-1.rs'],
    ['book.ipynb', 'python', 'book.ipynb.py'],
    ['a.js', 'typescript', 'a.js.ts'],
    // Headers are C by their ending, and C++ in most editors.
    ['a.h', 'cpp', 'a.h'],
    ['a.js', 'javascriptreact', 'a.js'],
    ['Makefile', 'makefile', 'Makefile'],
    ['Dockerfile.dev', 'dockerfile', 'Dockerfile.dev'],
    ['a.txt', 'scminput', 'a.txt'],
    ['notes', 'ignore', 'notes'],
  ];
  for (const [path, languageId, expected] of cases)
    it(`${path} in ${languageId} is ${expected}`, () => assert.equal(pathInLanguage(path, languageId), expected));
});

describe('a line that closes a block', () => {
  const cases: [path: string, line: string, closes: boolean][] = [
    ['a.ts', '}', true],
    ['a.ts', 'end', false],
    ['a.rb', 'end', true],
    ['a.rb', 'end.map do |x|', true],
    ['a.rb', 'endpoint', false],
    ['a.sh', 'done < input', true],
    ['a.lua', 'until x', true],
    ['a.py', 'x', false],
  ];
  for (const [path, line, closes] of cases)
    it(`${line} in ${path}: ${closes ? 'yes' : 'no'}`, () => assert.equal(closesBlock(line, languageOf(path)), closes));
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { acceptsSymbols, parseQuestion, typed } from '../../../../src/ipc/indexer/query';
import { askedFor, rules } from '../../../../src/indexer/ranking/rules';

describe('questions', () => {
  it('are words, filters and phrases', () => {
    assert.deepEqual(parseQuestion('retry lang:ts path:src/ -path:"my tests" symbol:fetch "back off" LANG:py -x'), {
      text: 'retry back off -x',
      phrases: ['back off'],
      languages: ['ts', 'py'],
      withoutLanguages: [],
      paths: ['src/'],
      withoutPaths: ['my tests'],
      symbols: ['fetch'],
      kinds: [],
      pattern: undefined,
    });
  });

  it('take an unclosed quote for a character, and nothing for nothing', () => {
    assert.deepEqual(parseQuestion('say "hello').phrases, []);
    assert.equal(parseQuestion('say "hello').text, 'say "hello');
    assert.deepEqual(parseQuestion('""').phrases, []);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseQuestion(text)));
  });

  it('take what other tools call a language, and leave one out', () => {
    const { text, languages, withoutLanguages } = parseQuestion(
      'retry language:go -lang:json -language:"C++" language: x',
    );
    assert.deepEqual([text, languages, withoutLanguages], ['retry language: x', ['go'], ['json', 'C++']]);
  });

  it('take quotes as writing programs set them', () => {
    assert.deepEqual(parseQuestion('say “back off” now').phrases, ['back off']);
  });

  it('take a name with two colons for a name, and `\\` for `/`', () => {
    const { text, paths } = parseQuestion('path::PathBuf join lang::Kind');
    assert.deepEqual([text, paths], ['path::PathBuf join lang::Kind', []]);
    assert.deepEqual(parseQuestion('retry path:src\\api -path:test\\x').paths, ['src/api']);
    assert.deepEqual(parseQuestion('-path:test\\x').withoutPaths, ['test/x']);
  });

  it('are signs as they stand where there is no word', () => {
    assert.deepEqual(parseQuestion('??=').phrases, ['??=']);
    assert.deepEqual(parseQuestion('=> {').phrases, ['=>']);
    assert.deepEqual(parseQuestion('cache ??=').phrases, []);
    assert.deepEqual(parseQuestion('a - b').phrases, []);
    assert.deepEqual(parseQuestion('🚀').phrases, ['🚀']);
    assert.deepEqual(parseQuestion('*').phrases, []);
  });

  it('are a regular expression between slashes, and a path is none', () => {
    assert.equal(parseQuestion(String.raw`/retr(y|ies)\(\w+ \/x/ lang:ts`).pattern, String.raw`retr(y|ies)\(\w+ \/x`);
    assert.equal(parseQuestion('/Get\\w+/i').pattern, '(?i)Get\\w+');
    assert.equal(parseQuestion('/get/in').pattern, undefined);
    assert.equal(parseQuestion('src/api/x').pattern, undefined);
    assert.equal(parseQuestion('a / b / c').pattern, undefined);
    assert.equal(parseQuestion('/usr/local/bin').pattern, undefined);
  });

  it('ask for symbols', () => {
    assert.ok(acceptsSymbols(parseQuestion('symbol:PARSE'), ['A', 'parseAll']));
    assert.ok(!acceptsSymbols(parseQuestion('symbol:x'), ['A']));
  });

  it('ask for nothing but words where they are code', () => {
    const code = 'lang:go "a" /x+/ kind:class path:src';
    const { phrases, pattern, languages, kinds, paths } = parseQuestion(typed(code, 'code'));
    assert.deepEqual([phrases, pattern, languages, kinds, paths], [[], undefined, [], [], []]);
  });
});

describe('rules', () => {
  const chunk = (path: string, ...symbols: string[]) => ({ path, symbols, defines: symbols.length > 0 });
  const factor = (rule: string, of: ReturnType<typeof chunk>, text: string) => rules[rule]!(of, askedFor(text));

  it('prefer a definition, the more of its name was asked for', () => {
    assert.equal(factor('definition', chunk('a.ts', 'A', 'parseHeader'), 'parseHeader'), 2);
    assert.equal(factor('definition', chunk('a.ts', 'parseHeader'), 'how are headers written'), 1.25);
    assert.equal(factor('definition', chunk('a.ts', 'off'), 'retry with back-off'), 1 + 1 / 3);
    assert.equal(factor('definition', chunk('a.ts', 'retryWithBackoff'), 'the retry'), 1 + 1 / 3);
    assert.equal(factor('definition', chunk('a.ts', 'parseHeader'), 'socket'), 1);
    assert.equal(factor('definition', { ...chunk('a.ts', 'parseHeader'), defines: false }, 'parseHeader'), 1);
  });

  it('prefer a file of that name', () => {
    assert.equal(factor('namedFile', chunk('src/retry.ts'), 'retrying'), 1.25);
    assert.equal(factor('namedFile', chunk('src/retry.ts'), 'socket'), 1);
  });

  it('put tests and declarations lower, unless tests are asked for', () => {
    for (const path of ['test/a.ts', 'src/a.test.ts', 'a/__tests__/b.js', 'x/test_a.py', 'a_spec.rb'])
      assert.equal(factor('tests', chunk(path), 'socket'), 0.5, path);
    for (const path of ['src/latest.ts', 'src/testing.ts', 'contest/a.py'])
      assert.equal(factor('tests', chunk(path), 'socket'), 1, path);
    assert.equal(factor('tests', chunk('test/a.ts'), 'tests of the socket'), 1);
    assert.equal(factor('declarations', chunk('a.d.ts'), ''), 0.7);
    assert.equal(factor('declarations', chunk('a.ts'), ''), 1);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { acceptsSymbols, acceptsText, fileFilter, parseQuestion } from '../../../../src/ipc/indexer/query';
import { askedFor, rules } from '../../../../src/indexer/ranking/rules';

describe('questions', () => {
  it('are words, filters and phrases', () => {
    assert.deepEqual(parseQuestion('retry lang:ts path:src/ -path:"my tests" symbol:fetch "back off" LANG:py -x'), {
      text: 'retry back off -x',
      phrases: ['back off'],
      languages: ['ts', 'py'],
      paths: ['src/'],
      withoutPaths: ['my tests'],
      symbols: ['fetch'],
    });
  });

  it('take an unclosed quote for a character, and nothing for nothing', () => {
    assert.deepEqual(parseQuestion('say "hello').phrases, []);
    assert.equal(parseQuestion('say "hello').text, 'say "hello');
    assert.deepEqual(parseQuestion('""').phrases, []);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseQuestion(text)));
  });

  const accepts = (question: string, path: string, language = 'typescript') =>
    fileFilter(parseQuestion(question))(path, language);

  it('ask for languages by name or ending', () => {
    assert.ok(accepts('lang:typescript', 'a.ts') && accepts('lang:TS', 'a.ts') && accepts('lang:py lang:ts', 'a.ts'));
    assert.ok(!accepts('lang:py', 'a.ts'));
  });

  it('ask for paths by part or pattern, and against them', () => {
    assert.ok(
      accepts('path:Search', 'src/search/a.ts') &&
        accepts('path:*.ts', 'src/a.ts') &&
        accepts('path:src/**/a.ts', 'src/x/y/a.ts'),
    );
    assert.ok(accepts('path:src/**/a.ts', 'src/a.ts') && accepts('path:a+b*', 'x/a+bc'));
    assert.ok(
      !accepts('path:src/*.ts', 'src/x/a.ts') &&
        !accepts('-path:test', 'test/a.ts') &&
        accepts('-path:test', 'src/a.ts'),
    );
  });

  it('ask for symbols and phrases', () => {
    assert.ok(
      acceptsSymbols(parseQuestion('symbol:PARSE'), ['A', 'parseAll']) &&
        !acceptsSymbols(parseQuestion('symbol:x'), ['A']),
    );
    assert.ok(
      acceptsText(parseQuestion('"a b"'), 'x A B') &&
        !acceptsText(parseQuestion('"A b"'), 'a b') &&
        acceptsText(parseQuestion('"A b"'), 'A b'),
    );
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

import assert from 'node:assert/strict';
import { fileFilter, kindFilter, unknownKinds } from '../../../../src/indexer/ranking/filters';
import { parseQuestion } from '../../../../src/ipc/indexer/query';
import { languageOf } from '../../../../src/syntax/languages';

describe('filters of a question', () => {
  const accepts = (question: string, path: string, language = languageOf(path).id) =>
    fileFilter(parseQuestion(question))(path, language);

  it('ask for languages by name or ending', () => {
    assert.ok(accepts('lang:typescript', 'a.ts') && accepts('lang:TS', 'a.ts') && accepts('lang:py lang:ts', 'a.ts'));
    assert.ok(!accepts('lang:py', 'a.ts'));
    assert.ok(accepts('lang:.ts', 'a.ts') && accepts('lang:*.ts', 'a.ts') && !accepts('lang:.ts', 'a.py'));
    assert.ok(!accepts('-lang:ts', 'a.ts') && accepts('-lang:ts', 'a.py') && !accepts('lang:js -lang:jsx', 'a.jsx'));
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

  it('take the names that people give to languages', () => {
    const names = [
      ['c++', 'a.cpp'], ['c#', 'a.cs'], ['golang', 'a.go'], ['bash', 'run.sh'], ['typescript', 'a.tsx'], ['TypeScript', 'a.ts'],
      ['javascript', 'a.jsx'], ['objective-c', 'a.m'], ['dockerfile', 'Dockerfile'], ['sh', '.bashrc'], ['tsx', 'a.tsx'], ['zig', 'a.zig'],
    ] as const; // prettier-ignore
    for (const [name, path] of names) assert.ok(accepts(`lang:${name}`, path), `${name} ${path}`);
    assert.ok(!accepts('lang:tsx', 'a.ts') && !accepts('lang:c#', 'a.cpp') && !accepts('lang:pyton', 'a.py'));
  });

  it('take either slash', () => {
    assert.ok(accepts(String.raw`path:src\api`, 'src/api/a.ts') && accepts(String.raw`path:src\**\a.ts`, 'src/x/a.ts'));
    assert.ok(!accepts(String.raw`-path:src\api`, 'src/api/a.ts'));
  });

  it('take kinds of definitions, and what else may be meant by them', () => {
    const fits = (question: string, kind: string): boolean | undefined => kindFilter(parseQuestion(question))?.(kind);
    assert.ok(fits('kind:function', 'function') && fits('kind:function', 'method') && fits('kind:Class', 'struct'));
    assert.ok(fits('kind:type', 'interface') && !fits('kind:class', 'function') && !fits('kind:enum', ''));
    for (const name of ['fn', 'func', 'def', 'functions']) assert.ok(fits(`kind:${name}`, 'function'), name);
    assert.ok(fits('kind:Classes', 'class') && fits('kind:trait', 'interface') && fits('kind:namespace', 'module'));
    assert.equal(kindFilter(parseQuestion('retry')), undefined);
    assert.deepEqual(unknownKinds(parseQuestion('kind:badger kind:class')), ['badger']);
  });
});

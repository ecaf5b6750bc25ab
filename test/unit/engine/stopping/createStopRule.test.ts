import assert from 'node:assert/strict';
import { createStopRule } from '../../../../src/engine/stopping/createStopRule';
import type { Ending } from '../../../../src/engine/stopping/stopRule';
import type { CompletionMode } from '../../../../src/ipc/engine/protocol';

interface Golden {
  readonly name: string;
  /** Text before and behind the cursor, which stands at `|`. */
  readonly at: string;
  readonly written: string;
  readonly shown: string;
  /** False where nothing in the text ends it: the model has to, or the length. Default true. */
  readonly ends?: boolean;
  readonly ending?: Ending;
  readonly path?: string;
}

function split(at: string): [prefix: string, rest: string] {
  const cursor = at.indexOf('|');
  assert.ok(cursor >= 0, 'a golden marks its cursor');
  return [at.slice(0, cursor), at.slice(cursor + 1)];
}

/** Feeds the text in pieces of `size` and checks that nothing shown is taken back. */
function complete(mode: CompletionMode, golden: Golden, size: number): { shown: string; ended: boolean } {
  const rule = createStopRule(mode, golden.path ?? 'src/file.ts', ...split(golden.at));
  let settled = 0;
  for (let length = size; ; length += size) {
    const text = golden.written.slice(0, length);
    const verdict = rule.check(text);
    assert.ok(verdict.settled >= settled, `"${text}" takes back what was shown`);
    assert.ok(verdict.settled <= text.length);
    settled = verdict.settled;
    if (verdict.end !== undefined) {
      assert.ok(verdict.end >= settled, `"${text}" ends before what was shown`);
      return { shown: text.slice(0, verdict.end), ended: true };
    }
    if (length >= golden.written.length) break;
  }
  const end = rule.finish(golden.written, golden.ending ?? 'complete');
  assert.ok(end >= settled, 'the end takes back what was shown');
  return { shown: golden.written.slice(0, end), ended: false };
}

function check(mode: CompletionMode, goldens: readonly Golden[]): void {
  for (const golden of goldens) {
    it(golden.name, () => {
      for (const size of [1, 2, 3, 7, 1000]) {
        const expected = { shown: golden.shown, ended: golden.ends ?? true };
        assert.deepEqual(complete(mode, golden, size), expected, `in pieces of ${size}`);
      }
    });
  }
}

describe('line mode', () => {
  check('line', [
    { name: 'ends with the line', at: 'const a = |', written: 'b + c\nconst d', shown: 'b + c' },
    { name: 'drops blanks at the end of the line', at: 'if (a) |', written: '{  \n  b', shown: '{' },
    { name: 'goes on while the line does', at: 'const a = |', written: 'b + ', shown: 'b +', ends: false },
    { name: 'proposes nothing behind a complete line', at: 'return a;|', written: '\n}\n', shown: '' },
    { name: 'proposes nothing where blanks precede the break', at: 'return a;|', written: '  \n}', shown: '' },
    { name: 'may leave a blank line on a blank line', at: 'a();\n  |', written: '\n  b();\n  c();', shown: '\n  b();' },
    { name: 'does not leave many', at: '|', written: '\n\n\n\nfoo', shown: '' },
    { name: 'proposes nothing when only blanks are written', at: 'a|', written: '   ', shown: '', ends: false },
    { name: 'ends with the statement', at: 'const a = |', written: 'b(1); const c = 2;\n', shown: 'b(1);' },
    {
      name: 'reads on through the head of a for',
      at: 'for (let i = 0|',
      written: '; i < n; i++) {\n',
      shown: '; i < n; i++) {',
    },
    {
      name: 'reads on through a for of its own',
      at: '  |',
      written: 'for (let i = 0; i < n; i++) {\n',
      shown: 'for (let i = 0; i < n; i++) {',
    },
    { name: 'ends behind the bracket that was open', at: 'foo(a, |', written: 'b); bar();', shown: 'b);' },
    {
      name: 'reads on through its own braces',
      at: 'const f = () => |',
      written: '{ a(); b(); }; c();',
      shown: '{ a(); b(); };',
    },
    { name: 'ends with a statement in braces of the line', at: 'if (a) { |', written: 'b(); c(); }', shown: 'b();' },
    { name: 'ignores a semicolon in a string', at: 'const a = |', written: "'x;y' + z; q", shown: "'x;y' + z;" },
    { name: 'ignores a semicolon in the string before', at: 'const a = "x|', written: ';y" + z; q', shown: ';y" + z;' },
    { name: 'ignores a semicolon in a comment', at: 'a() |', written: '// b; c\n', shown: '// b; c' },
    { name: 'knows an escaped quote', at: 'const a = |', written: "'it\\'s; so'; b", shown: "'it\\'s; so';" },
    { name: 'knows an escaped backslash', at: 'const a = |', written: "'\\\\'; b", shown: "'\\\\';" },
    { name: 'lets a semicolon be in Python', at: '|', written: 'a = 1; b = 2\n', shown: 'a = 1; b = 2', path: 'a.py' },
    {
      name: 'knows an entity from a statement',
      at: '  <p>Terms |',
      written: '&amp; conditions</p>\n',
      shown: '&amp; conditions</p>',
      path: 'App.tsx',
    },
    {
      name: 'knows an address of C from an entity',
      at: 'p = |',
      written: '&mask; q = 1;\n',
      shown: '&mask;',
      path: 'a.c',
    },
    {
      name: 'lets a semicolon be in a Makefile',
      at: '\t|',
      written: 'for d in $(DIRS); do $(MAKE) -C $$d; done\n',
      shown: 'for d in $(DIRS); do $(MAKE) -C $$d; done',
      path: 'Makefile',
    },
    {
      name: 'lets a semicolon be in a comment of Lisp',
      at: '(f x) |',
      written: '; one; two\n',
      shown: '; one; two',
      path: 'a.clj',
    },
    {
      name: 'knows an apostrophe of a comment',
      at: "render(/* can't be empty */ |)",
      written: 'title);\n',
      shown: 'title',
      path: 'a.ts',
    },
    {
      name: 'reads on through the head of a for in Go',
      at: '  |',
      written: 'for i := 0; i < n; i++ {\n',
      shown: 'for i := 0; i < n; i++ {',
      path: 'a.go',
    },
    {
      name: 'takes a lifetime for no string',
      at: 'fn f<|',
      written: "'a>(x: &'a str); g\n",
      shown: "'a>(x: &'a str);",
      path: 'a.rs',
    },
    { name: 'knows a comment of SQL', at: 'select 1 |', written: '-- one; two\n', shown: '-- one; two', path: 'a.sql' },
    { name: 'knows floor division from a comment', at: 'x = |', written: 'a // b\ny', shown: 'a // b', path: 'a.py' },
    { name: 'stops at the bracket behind the cursor', at: 'foo(|);', written: 'a, b);\n', shown: 'a, b' },
    { name: 'knows its own bracket from the one behind', at: 'foo(|);', written: 'bar(a), b);\n', shown: 'bar(a), b' },
    {
      name: 'keeps a blank that parts it from what follows',
      at: 'foo(| b)',
      written: 'a, ',
      shown: 'a, ',
      ends: false,
    },
    { name: 'ends at a break before the rest of the line', at: 'foo(|)', written: 'a,\n b', shown: 'a,' },
    {
      name: 'shows an unfinished line',
      at: 'const a = |',
      written: 'someLongNa',
      shown: 'someLongNa',
      ends: false,
      ending: 'cutOff',
    },
  ]);
});

describe('block mode', () => {
  check('block', [
    {
      name: 'ends with the block that the line opens',
      at: 'function f() {|',
      written: '\n  a();\n  if (b) {\n    c();\n  }\n}\n\nfunction g() {',
      shown: '\n  a();\n  if (b) {\n    c();\n  }\n}',
    },
    {
      name: 'keeps what closes with the block',
      at: 'it("a", () => {|',
      written: '\n  b();\n});\nc();',
      shown: '\n  b();\n});',
    },
    {
      name: 'goes on with else',
      at: '  if (a) {|',
      written: '\n    b();\n  } else {\n    c();\n  }\n  d();\n',
      shown: '\n    b();\n  } else {\n    c();\n  }',
    },
    {
      name: 'allows one blank line within',
      at: 'function f() {|',
      written: '\n  a();\n\n  b();\n}\n',
      shown: '\n  a();\n\n  b();\n}',
    },
    { name: 'ends at two blank lines', at: 'function f() {|', written: '\n  a();\n\n\n  b();\n}\n', shown: '\n  a();' },
    {
      name: 'ends a Python block at the dedent',
      at: 'def f():|',
      written: '\n    a()\n    b()\nc()\n',
      shown: '\n    a()\n    b()',
      path: 'a.py',
    },
    {
      name: 'goes on with else in Python',
      at: 'if a:|',
      written: '\n    b()\nelse:\n    c()\nd()\n',
      shown: '\n    b()\nelse:\n    c()',
      path: 'a.py',
    },
    {
      name: 'knows a name that begins like else',
      at: 'if a:|',
      written: '\n    b()\nelsewhere()\n',
      shown: '\n    b()',
      path: 'a.py',
    },
    {
      name: 'sees a block behind a comment',
      at: 'def f():  # why|',
      written: '\n    a()\nb()\n',
      shown: '\n    a()',
      path: 'a.py',
    },
    {
      name: 'ends the block it stands in',
      at: 'f(() => {\n  |',
      written: 'a();\n  b();\n});\n',
      shown: 'a();\n  b();',
    },
    {
      name: 'ends at a blank line in the block it stands in',
      at: '  |',
      written: 'a();\n  b();\n\n  c();',
      shown: 'a();\n  b();',
    },
    {
      name: 'completes the line and the block it opens',
      at: '  if (|',
      written: 'a) {\n    b();\n  }\n  c();',
      shown: 'a) {\n    b();\n  }',
    },
    {
      name: 'opens a block on a blank line',
      at: '  |',
      written: 'if (a) {\n    b();\n  }\n  c();',
      shown: 'if (a) {\n    b();\n  }',
    },
    {
      name: 'knows a bracket on a line of its own',
      at: '    public int Add(int a, int b)|',
      written: '\n    {\n        var sum = a + b;\n\n        return sum;\n    }\n    void x\n',
      shown: '\n    {\n        var sum = a + b;\n\n        return sum;\n    }',
      path: 'a.cs',
    },
    {
      name: 'reads on through a template literal',
      at: '  const sql = |',
      written: '`\nSELECT id\n\nFROM orders\n`;\n  next();\n',
      shown: '`\nSELECT id\n\nFROM orders\n`;',
      path: 'a.ts',
    },
    {
      name: 'ends a template literal before its closer behind the cursor',
      at: '  const sql = `|`',
      written: '\nSELECT id\n`;\n',
      shown: '\nSELECT id\n',
      path: 'a.ts',
    },
    {
      name: 'reads on through a string in three quotes',
      at: '    return dedent("""|',
      written: '\nusage: tool\n""")\n    x = 1\n',
      shown: '\nusage: tool\n""")',
      path: 'a.py',
    },
    {
      name: 'reads on through a string inside a block',
      at: 'def f():|',
      written: '\n    a = """\nusage\n\n"""\n    return a\n\n\nb',
      shown: '\n    a = """\nusage\n\n"""\n    return a',
      path: 'a.py',
    },
    { name: 'measures tabs', at: '\tif a {|', written: '\n\t\tb()\n\t}\n\tc()', shown: '\n\t\tb()\n\t}', path: 'a.go' },
    { name: 'begins below where the line is complete', at: 'a();|', written: '\nb();\n\nc();', shown: '\nb();' },
    { name: 'proposes nothing when the block is over', at: 'f(() => {\n  a();\n  |', written: '\n});\n', shown: '' },
    {
      name: 'ends after many lines',
      at: 'const a = [|',
      written: '\n  1,'.repeat(40),
      shown: '\n  1,'.repeat(15),
    },
    {
      name: 'leaves the bracket behind the cursor to the document',
      at: 'foo({|})',
      written: '\n  a: 1,\n})\n',
      shown: '\n  a: 1,\n',
    },
    {
      name: 'keeps the indentation before what follows',
      at: '  foo({|})',
      written: '\n    a: 1,\n  ',
      shown: '\n    a: 1,\n  ',
      ends: false,
    },
    { name: 'is one line where text follows', at: 'a(|, b)', written: 'c,\n d', shown: 'c,' },
    {
      name: 'loses an unfinished line',
      at: 'f() {|',
      written: '\n  a();\n  b(',
      shown: '\n  a();',
      ends: false,
      ending: 'cutOff',
    },
    {
      name: 'keeps an unfinished line where it is all',
      at: 'f() {|',
      written: '\n  a(',
      shown: '\n  a(',
      ends: false,
      ending: 'cutOff',
    },
    {
      name: 'keeps the last line of a text that the model ended',
      at: 'f() {|',
      written: '\n  a();\n}',
      shown: '\n  a();\n}',
      ends: false,
    },
  ]);
});

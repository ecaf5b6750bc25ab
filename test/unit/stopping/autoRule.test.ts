import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createStopRule } from '../../../src/stopping/createStopRule';
import type { CompletionMode } from '../../../src/ipc/engine/protocol';
import { languages } from '../../../src/syntax/languageTable';
import { check } from './golden';

describe('auto mode', () => {
  const body = '{\n  return a + b;\n}';
  check('auto', [
    { name: 'is a line inside code', at: 'const a = |', written: 'b + c;\nconst d', shown: 'b + c;' },
    {
      name: 'goes on with the block that the line opens',
      at: 'function add(a, b) |',
      written: `${body}\n\nadd(`,
      shown: body,
    },
    {
      name: 'is the line where the block has its body',
      at: 'function add(a, b) |',
      nextLines: '  return a + b;\n}\n',
      written: '{\n  return',
      shown: '{',
    },
    {
      name: 'is the line where something stands behind the cursor',
      at: 'if (|) {',
      written: 'a.b) {\n  c();\n}',
      shown: 'a.b',
    },
    {
      name: 'writes an empty body, to where the block ends',
      at: '  |',
      nextLines: '}\n',
      inEmptyBody: true,
      written: 'one();\n  two();\n}\nthree',
      shown: 'one();\n  two();',
    },
    {
      name: 'writes an empty body between brackets',
      at: 'function add(a, b) {|}',
      inEmptyBody: true,
      written: '\n  return a + b;\n}\nadd(',
      shown: '\n  return a + b;\n',
    },
    {
      name: 'goes on over a bracket on a line of its own where the file has such',
      at: 'int main()\n{\n    return add(1, 2);\n}\n\nint |',
      path: 'a.c',
      written: 'add(int a, int b)\n{\n    return a + b;\n}\n\nint',
      shown: 'add(int a, int b)\n{\n    return a + b;\n}',
    },
    {
      name: 'is a call where a bracket on a line of its own might follow and does not',
      at: 'int main()\n{\n    |',
      path: 'a.c',
      nextLines: '    return 0;\n}\n',
      written: 'run()\n    stop',
      shown: 'run()',
    },
    {
      name: 'takes a decorator for a line',
      at: '@|',
      path: 'a.py',
      written: 'cached\ndef f():\n  pass\n',
      shown: 'cached',
    },
    {
      name: 'ends a block of Python with its indentation',
      at: 'def |',
      path: 'a.py',
      written: 'add(a, b):\n    return a + b\n\n\ndef sub',
      shown: 'add(a, b):\n    return a + b',
    },
    {
      name: 'sees no block in a template literal',
      at: 'const a = `|',
      written: 'x {\n  y`;\n',
      shown: 'x {',
    },
    {
      name: 'sees no block in a heredoc',
      at: '|',
      path: 'a.sh',
      written: 'cat <<EOF\n  a {\nEOF\n',
      shown: 'cat <<EOF',
    },
    {
      name: 'is the line alone where a block is cut off',
      at: 'if (a) |',
      written: '{\n  one();\n  two',
      shown: '{',
      ends: false,
      ending: 'cutOff',
    },
  ]);

  const piece = fc.constantFrom(
    '\n',
    '  ',
    '\t',
    'if (a) ',
    'def f():',
    'end',
    '{',
    '}',
    '(',
    ')',
    ';',
    'a',
    '"',
    '`',
    '@b',
    '<<EOF',
    '// c',
    ' do',
    ',',
  );
  const text = (maxLength: number) => fc.array(piece, { maxLength }).map((pieces) => pieces.join(''));
  const onOneLine = text(6).map((line) => line.replaceAll('\n', ''));

  it('is what line mode or block mode shows, in every language, and takes nothing back', () => {
    const place = fc.record({ prefix: text(10), rest: onOneLine, nextLines: text(8), inEmptyBody: fc.boolean() });
    fc.assert(
      fc.property(place, text(16), fc.constantFrom(...languages), (at, written, { endings, names }) => {
        const path = endings[0] === undefined ? (names[0] ?? 'a') : `a.${endings[0]}`;
        const shown = (mode: CompletionMode): string => {
          const rule = createStopRule(mode, path, at);
          let settled = 0;
          for (let length = 1; length <= written.length; length++) {
            const verdict = rule.check(written.slice(0, length));
            assert.ok(verdict.settled >= settled && (verdict.end ?? Infinity) >= verdict.settled);
            settled = verdict.settled;
            const line = rule.firstLine?.(written.slice(0, length));
            assert.ok(line === undefined || line >= settled || verdict.end !== undefined);
            if (verdict.end !== undefined) return written.slice(0, verdict.end);
          }
          return written.slice(0, rule.finish(written, 'complete'));
        };
        assert.ok([shown('line'), shown('block')].includes(shown('auto')));
      }),
      { numRuns: 10_000 },
    );
  });
});

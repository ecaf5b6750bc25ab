import assert from 'node:assert/strict';
import { chunksOf, codeOf, pieceOf } from '../../../../src/features/summarize/pieces';
import { subjectOf } from '../../../../src/features/summarize/summaryTarget';
import { symbolsOf } from '../../../../src/syntax/symbols';
import { grammars } from '../../../support/grammars';

const text = `const limit = 3;

/** Draws. */
@bind()
class View {
  /** Renders it. */
  render(state) {
    const draw = () => {
      state.draw();
    };
    return draw;
  }
}
`;

/** What is meant by the text between two bars, or by the cursor at one. */
async function meant(marked: string, path = 'a.ts'): Promise<string> {
  const [before = '', middle = '', after] = marked.split('¦');
  const whole = before + middle + (after ?? '');
  const selection = { start: before.length, end: before.length + (after === undefined ? 0 : middle.length) };
  const subject = subjectOf(whole, await symbolsOf(whole, path, grammars), selection);
  if (subject === undefined) return 'nothing';
  return subject.kind === 'symbol'
    ? `symbol ${subject.symbol?.name}`
    : `${subject.kind} ${JSON.stringify(whole.slice(subject.start, subject.end))}`;
}

const mark = (from: string, to = from) => {
  const start = text.indexOf(from);
  const end = text.indexOf(to, start) + to.length;
  return `${text.slice(0, start)}¦${text.slice(start, end)}¦${text.slice(end)}`;
};
const cursor = (before: string) => text.replace(before, `¦${before}`);

describe('what is meant', () => {
  const cases: [what: string, marked: string, expected: string][] = [
    ['a cursor in a nested function', cursor('state.draw'), 'symbol draw'],
    ['a cursor in a method', cursor('return draw'), 'symbol render'],
    ['a cursor in the documentation', cursor('Renders it'), 'symbol render'],
    ['a cursor before a decorator', cursor('@bind'), 'symbol View'],
    ['a cursor outside of any symbol', cursor('const limit'), `file ${JSON.stringify(text.trimEnd())}`],
    ['a selected name', mark('render'), 'symbol render'],
    ['a part of a name', mark('rend'), 'symbol render'],
    ['a whole method, blanks around it', mark('\n  render(state)', 'return draw;\n  }\n'), 'symbol render'],
    ['a method with its documentation', mark('/** Renders', 'return draw;\n  }'), 'symbol render'],
    ['a class without its decorator', mark('@bind', 'return draw;\n  }\n}'), 'symbol View'],
    ['a selection that cuts tokens', mark('ate.dr'), 'lines "      state.draw();"'],
    [
      'lines of a function',
      mark('const draw', 'return dr'),
      `lines ${JSON.stringify('    const draw = () => {\n      state.draw();\n    };\n    return draw;')}`,
    ],
    ['everything', mark(text), `file ${JSON.stringify(text.trimEnd())}`],
    ['blanks', mark(';\n\n').replace('¦;', ';¦'), 'nothing'],
  ];
  for (const [what, marked, expected] of cases)
    it(`by ${what}: ${expected}`, async () => assert.equal(await meant(marked), expected));

  it('by all lines there are, where lines are known to be meant', () => {
    const whole = { start: 0, end: 15 };
    assert.equal(subjectOf('let a;\nlet b;\n\n', [], whole)?.kind, 'file');
    assert.deepEqual(subjectOf('let a;\nlet b;\n\n', [], whole, true), {
      start: 0,
      end: 13,
      kind: 'lines',
      symbol: undefined,
    });
  });

  it('by a statement with its semicolon, in a file with CRLF', async () => {
    assert.equal(await meant('¦const f = (a) => {\r\n  return a;\r\n};\r\n¦let b;\r\n'), 'symbol f');
    assert.equal(await meant('let a;\r\n¦let b;¦\r\n'), 'lines "let b;"');
  });

  it('by a function that is all of a file', async () =>
    assert.equal(await meant('¦def f():\n    return 1\n¦', 'a.py'), 'symbol f'));
});

describe('a piece of code', () => {
  it('is without its documentation, and with what its parts do in their place', async () => {
    const python =
      '@cached\nclass A:\n    """Says A."""\n\n    @property\n    def f(self):\n        """Says f."""\n        return 1\n\n    def g(self): return 2\n';
    const symbols = await symbolsOf(python, 'a.py', grammars);
    const piece = pieceOf({ ...symbols[0]!, kind: 'symbol', symbol: symbols[0] }, symbols);
    assert.deepEqual(
      piece.children.map(({ name }) => name),
      ['f', 'g'],
    );
    const [f, g] = piece.children;
    assert.equal(
      codeOf(
        python,
        piece,
        new Map([
          [f!, 'Says f.'],
          [g!, ''],
        ]),
        '#',
      ).text,
      '@cached\nclass A:\n\n    def f(self):  # Says f.\n\n    def g(self): return 2',
    );
  });

  it('too long is cut in front of the least indented lines, and nothing is lost', () => {
    const code = Array.from({ length: 30 }, (_, n) => `if (a${n}) {\n  b(${n});\n  c();\n}\n`).join('');
    const chunks = chunksOf(code, 200).map(({ start, end }) => code.slice(start, end));
    assert.equal(chunks.join(''), code);
    for (const chunk of chunks) assert.ok(chunk.length <= 200 && chunk.startsWith('if ('), chunk);
    const line = 'x'.repeat(1_000);
    assert.deepEqual(
      chunksOf(line, 300).map(({ start, end }) => end - start),
      [300, 300, 300, 100],
    );
  });
});

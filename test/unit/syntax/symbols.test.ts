import assert from 'node:assert/strict';
import { documentationText } from '../../../src/syntax/documentation';
import type { Parameter } from '../../../src/syntax/signature';
import { symbolsOf } from '../../../src/syntax/symbols';
import { grammars } from '../../support/grammars';

/** `name?: type = …` and the like: one line for each symbol. */
async function signatures(path: string, text: string): Promise<string[]> {
  const symbols = await symbolsOf(text, path, grammars);
  return symbols.flatMap(({ name, signature }) => {
    if (signature === undefined) return [];
    const { parameters, returns, throws } = signature;
    const result = returns === undefined ? '' : ` → ${returns.type ?? 'something'}`;
    return [`${name}(${parameters.map(shown).join(', ')})${result}${throws.map((type) => ` throws ${type}`).join('')}`];
  });
}

const shown = ({ name, type, optional, rest }: Parameter): string =>
  `${rest ? '…' : ''}${name}${optional ? '?' : ''}${type === undefined ? '' : `: ${type}`}`;

describe('signatures', () => {
  const cases: [path: string, text: string, expected: string[]][] = [
    [
      'a.ts',
      'export async function f(this: X, a: string, b?: Map<string,\n  number>, c = 1, ...d: T[]): Promise<number> { return 1; }',
      ['f(a: string, b?: Map<string, number>, c?, …d: T[]) → Promise<number>'],
    ],
    [
      'a.ts',
      'const f = ({ a }: O, [b]: P) => a;\nconst g = x => { x(); };\nclass A { constructor(private n: number) {}\n m(): void {} }',
      ['f(param0: O, param1: P) → something', 'g(x)', 'constructor(n: number)', 'm()'],
    ],
    [
      'a.js',
      'function f(a, b = 1, { c }, ...d) { if (a) { return; } }\nexports.g = function (x) { return () => 1; };',
      ['f(a, b?, param2, …d)', 'g(x) → something'],
    ],
    ['a.jsx', 'const o = { m(a) { return a; }, n: async (b) => b };', ['m(a) → something', 'n(b) → something']],
    [
      'a.py',
      'class A:\n    def f(self, a, b: int, c=1, d: str = "x", *args: int, k, **kw) -> list[int]:\n        return 1\n\ndef g():\n    def h(): return 2\n    h()\n\ndef n() -> None: ...\n',
      ['f(a, b: int, c?, d?: str, …args: int, k, …kw) → list[int]', 'g()', 'h() → something', 'n()'],
    ],
    [
      'a.go',
      'package a\nfunc (s *S) F(a, b int, c ...string) (int, error) { return 1, nil }\nfunc G() {}\n',
      ['F(a: int, b: int, …c: string) → (int, error)', 'G()'],
    ],
    [
      'a.rs',
      'pub fn f<T>(&self, a: &str, mut b: u8) -> Result<T> { x }\nfn g() {}\n',
      ['f(a: &str, b: u8) → Result<T>', 'g()'],
    ],
    [
      'A.java',
      'class A { @Override public <T> int f(final String a, int... b) throws E, F { return 1; } A(int x) {} void g() {} }',
      ['f(a: String, …b: int) → int throws E throws F', 'A(x: int)', 'g()'],
    ],
    [
      'a.cs',
      'class A { [X] public int F(string a, int c = 1, params int[] b) => 1; public void G() {} A(int x) {} }',
      ['F(a: string, c?: int, …b: int[]) → int', 'G()', 'A(x: int)'],
    ],
    [
      'a.cpp',
      'template <class T> static const char *f(int a, const T &b, char *c[], int d = 1) { return 0; }\nvoid g(void) {}\n',
      ['f(a: int, b: T&, c: char*[], d?: int) → char*', 'g()'],
    ],
    ['a.sh', 'f() { echo $1; }\n', ['f()']],
    [
      'a.php',
      '<?php\nfunction f(int $a, ?string &$b = null, ...$c): ?int { return 1; }',
      ['f($a: int, $b?: ?string, …$c) → ?int'],
    ],
    ['a.rb', 'def f(a, b = 1, *c, k:, l: 2, **o, &blk)\n  1\nend\n', ['f(a, b?, …c, k, l?, …o, blk)']],
  ];
  for (const [path, text, expected] of cases) {
    it(`in ${path}: ${expected.join('; ')}`, async () => assert.deepEqual(await signatures(path, text), expected));
  }
});

describe('symbols', () => {
  const whole = async (path: string, text: string) =>
    (await symbolsOf(text, path, grammars)).map(({ name, start, end, documentation }) => ({
      name,
      text: text.slice(start, end),
      documentation: documentation && documentationText(text.slice(documentation.start, documentation.end)),
    }));

  it('begin with decorators, attributes and what exports them; their documentation stands above', async () => {
    const found = async (path: string, text: string) =>
      (await whole(path, text)).map(({ name, text: own, documentation }) => [name, own.split('\n')[0], documentation]);
    assert.deepEqual(
      await found(
        'a.ts',
        '/** Says A. */\n@dec()\nexport class A {\n  /**\n   * Says m.\n   */\n  @log()\n  m() {}\n}\n/** Adds. */\nexport const f = (a) => a;\n',
      ),
      [
        ['A', '@dec()', 'Says A.'],
        ['m', '  @log()', 'Says m.'],
        ['f', 'export const f = (a) => a;', 'Adds.'],
      ],
    );
    assert.deepEqual(await found('a.rs', '/// Says\n/// f.\n#[inline]\npub fn f() {}\n'), [
      ['f', '#[inline]', 'Says\nf.'],
    ]);
    assert.deepEqual(
      await found(
        'a.py',
        '@dec\nclass A:\n    """Says A."""\n    @property\n    def f(self):\n        # note\n        r\'Says f.\'\n        return 1\n',
      ),
      [
        ['A', '@dec', 'Says A.'],
        ['f', '    @property', 'Says f.'],
      ],
    );
    assert.deepEqual(await found('a.go', 'package a\n\n// F says.\n// More.\n//go:noinline\nfunc F() {}\n'), [
      ['F', '//go:noinline', 'F says.\nMore.'],
    ]);
    assert.deepEqual(await found('a.go', 'package a\r\n\r\n// F says.\r\nfunc F() {}\r\n'), [
      ['F', 'func F() {}', 'F says.'],
    ]);
    assert.deepEqual(await found('a.cs', 'class A {\n  /// <summary>Says F.</summary>\n  [X]\n  int F() => 1;\n}\n'), [
      ['A', 'class A {', undefined],
      ['F', '  [X]', 'Says F.'],
    ]);
    assert.deepEqual(await found('a.cpp', '/*! Says f. */\ntemplate <class T>\nint f() { return 0; }\n'), [
      ['f', 'template <class T>', 'Says f.'],
    ]);
    assert.deepEqual(await found('a.sh', '#!/bin/sh\n# Says f.\nf() { :; }\n'), [['f', 'f() { :; }', 'Says f.']]);
  });

  it('have no documentation where a comment documents something else, or nothing', async () => {
    for (const [path, text] of [
      ['a.ts', '/** Other. */\n\nfunction f() {}'],
      ['a.ts', '/* plain */\nfunction f() {}'],
      ['a.ts', 'let x; /** x */\nfunction f() {}'],
      ['a.py', '# comment\ndef f():\n    return "no"\n'],
      ['a.rs', '//! The module.\nfn f() {}\n'],
    ] as const) {
      assert.equal((await whole(path, text)).find(({ name }) => name === 'f')?.documentation, undefined, text);
    }
  });

  it('are told by their lines where there is no grammar', async () => {
    const [symbol] = await symbolsOf('/** Says. */\nfun add(a: Int) =\n    a + 1\n', 'a.kt', grammars);
    assert.deepEqual(
      [symbol?.name, symbol?.signature, symbol?.documentation],
      ['add', undefined, { start: 0, end: 12 }],
    );
  });
});

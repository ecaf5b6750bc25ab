import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkFile } from '../../../../src/indexer/chunks/chunker';
import { cutChunks } from '../../../../src/indexer/chunks/chunks';
import type { Chunk } from '../../../../src/indexer/chunks/chunks';
import type { Grammar } from '../../../../src/syntax/languages';
import { nest } from '../../../../src/syntax/outline';
import type { Definition } from '../../../../src/syntax/outline';
import { definitionQueries } from '../../../../src/syntax/queries';
import { grammars } from '../../../support/grammars';
import { sourceText } from '../../../support/texts';

/** Nothing lost, nothing twice, nothing too long. */
function assertTiles(text: string, chunks: readonly Chunk[], limit: number): void {
  assert.equal(chunks.map(({ start, end }) => text.slice(start, end)).join(''), text);
  let at = 0;
  for (const { start, end } of chunks) {
    assert.equal(start, at);
    assert.ok(end > start && end - start <= limit, `${start}–${end}`);
    at = end;
  }
  assert.equal(at, text.length);
}

const named = (chunks: readonly Chunk[]): string[] =>
  chunks.filter(({ defines }) => defines).map(({ symbols }) => symbols.join(' › '));
const cut = async (path: string, text: string, limit?: number): Promise<Chunk[]> => {
  const chunks = await chunkFile(text, path, grammars, limit);
  assertTiles(text, chunks, limit ?? 1_600);
  return chunks;
};

const samples: Readonly<Record<Grammar, readonly [path: string, text: string, symbols: readonly string[]]>> = {
  bash: ['a.sh', 'set -e\ngreet() {\n  echo hello\n}\n', ['greet']],
  'c-sharp': [
    'a.cs',
    'namespace N {\n  enum Color { Red }\n  class Shape {\n    int Area() { return 1; }\n  }\n}\n',
    ['N'],
  ],
  cpp: [
    'a.cpp',
    '#include <x>\nint *Shape::area(int a) {\n  return 0;\n}\nstruct Point { int x; };\n',
    ['Shape::area', 'Point'],
  ],
  css: ['a.css', '.button { color: red; }\n#id > a { top: 0; }\n', ['button', 'a']],
  go: ['a.go', 'package a\n\n// Greets.\nfunc (s *Server) Greet() {}\ntype Server struct{}\n', ['Greet', 'Server']],
  ini: ['a.ini', '[first]\na=1\n[second]\nb=2\n', ['first', 'second']],
  java: ['A.java', 'class A {\n  void run() {}\n}\n', ['A']],
  javascript: [
    'a.js',
    'exports.parse = function () {};\nconst load = async () => 1;\nclass A { run() {} }\n',
    ['parse', 'load', 'A'],
  ],
  php: ['a.php', '<?php\nfunction greet() {}\nclass A { function run() {} }\n', ['greet', 'A']],
  powershell: ['a.ps1', 'function Get-Thing {\n  1\n}\n', ['Get-Thing']],
  python: ['a.py', '@decorated\ndef load():\n    pass\n\nclass A:\n    def run(self): pass\n', ['load', 'A']],
  ruby: ['a.rb', 'module M\n  def self.run!\n  end\nend\n', ['M']],
  rust: ['a.rs', '#[test]\nfn run() {}\nimpl A for B {}\nmacro_rules! m { () => {} }\n', ['run', 'B', 'm']],
  tsx: ['a.tsx', 'export const App = () => <div />;\n', ['App']],
  typescript: [
    'a.ts',
    '/** Doc. */\nexport interface Options { a: 1 }\ntype T = 1;\nabstract class A { abstract run(): void }\n',
    ['Options', 'T', 'A'],
  ],
};

describe('chunks', () => {
  for (const grammar of Object.keys(definitionQueries) as Grammar[]) {
    it(`know the definitions of ${grammar}`, async () => {
      const [path, text, symbols] = samples[grammar];
      assert.deepEqual(named(await cut(path, text)), symbols);
    });
  }

  it('of a class that is not small are its head and its members, each once', async () => {
    const body = '    return this.total + 1;\n'.repeat(8);
    const text = `import x from 'x';\n\n/** Counts. */\nexport class Counter {\n  total = 0;\n\n  /** Adds. */\n  add() {\n${body}  }\n\n  reset() {\n${body}  }\n}\n`;
    const chunks = await cut('a.ts', text);
    assert.deepEqual(
      chunks.map(({ symbols }) => symbols.join(' › ')),
      ['', 'Counter', 'Counter › add', 'Counter › reset'],
    );
    assert.match(text.slice(chunks[2]!.start, chunks[2]!.end), /^ {2}\/\*\* Adds\. \*\/\n {2}add\(\)/);
    assert.match(
      text.slice(chunks[3]!.start, chunks[3]!.end),
      /\n\}\n$/,
      'the last bracket goes with what stands before it',
    );
  });

  it('of a function that is too long are its inner functions and the parts between', async () => {
    const line = '  call(something, somethingElse);\n';
    const text = `function outer() {\n${line.repeat(40)}  function inner() {\n${line.repeat(10)}  }\n\n${line.repeat(40)}}\n`;
    const chunks = await cut('a.js', text);
    assert.deepEqual(named(chunks), ['outer', 'outer › inner']);
    assert.ok(chunks.every(({ symbols }) => symbols[0] === 'outer'));
  });

  it('of prose are sections, and of unknown languages what is indented below a definition', async () => {
    const prose = `# One\n${'word '.repeat(50)}\n## Two\n\`\`\`\n# no heading\n\`\`\`\n${'word '.repeat(50)}\n# Three\n${'word '.repeat(50)}\n`;
    assert.deepEqual(named(await cut('a.md', prose)), ['One', 'One › Two', 'Three']);
    const swift = `import Foo\n\nclass A {\n    // ${'word '.repeat(90)}\n    func run() {\n        go()\n    }\n}\nfunc other() {\n}\n`;
    assert.deepEqual(named(await cut('a.swift', swift)), ['A', 'A › run', 'other']);
  });

  it('cut neither words nor surrogate pairs where they can be spared', async () => {
    const chunks = await cut('a.txt', 'some words in one line '.repeat(20), 50);
    assert.ok(
      chunks.every(
        ({ end }, index) =>
          index === chunks.length - 1 ||
          end % 23 === 0 ||
          ' '.includes('some words in one line '.charAt((end - 1) % 23)),
      ),
    );
    await cut('a.txt', '😀'.repeat(99), 25);
    assert.ok((await cut('a.txt', '😀'.repeat(99), 25)).every(({ start }) => start % 2 === 0));
  });

  it('tile any text along any definitions', () => {
    const definition = fc.record({ from: fc.nat(200), length: fc.nat(120), container: fc.boolean() });
    fc.assert(
      fc.property(
        sourceText,
        sourceText,
        fc.array(definition, { maxLength: 12 }),
        fc.integer({ min: 3, max: 60 }),
        (a, b, ranges, limit) => {
          const text = a + b;
          const definitions = ranges.map(({ from, length, container }, index): Definition => {
            const start = Math.min(from, text.length);
            return {
              start,
              end: Math.min(start + length, text.length),
              name: `n${index}`,
              kind: container ? 'container' : 'whole',
            };
          });
          assertTiles(text, cutChunks(text, nest(text, definitions), limit), limit);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('tile any text that a parser has read', async () => {
    const path = fc.constantFrom('a.ts', 'a.py', 'a.cpp', 'a.md', 'a.kt', 'a.json', 'Makefile');
    await fc.assert(fc.asyncProperty(path, sourceText, fc.integer({ min: 10, max: 80 }), async (name, text, limit) => {
      await cut(name, text, limit);
    }), { numRuns: 100 }); // prettier-ignore
  });
});

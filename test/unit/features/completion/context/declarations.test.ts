import assert from 'node:assert/strict';
import fc from 'fast-check';
import { declarationIn, namesBefore } from '../../../../../src/features/completion/context/declarations';

describe('names that are looked up', () => {
  const names = (prefix: string): string[] =>
    namesBefore(prefix).map((at) => /^[\p{L}\p{N}_$]+/u.exec(prefix.slice(at))?.[0] ?? '');

  it('are those of the last lines, nearest first, each once where it stands last', () => {
    assert.deepEqual(names('far\n1\n2\n3\n4\n5\n6\n7\nconst a = shelf.find(book);\nshelf.'), [
      'shelf',
      'book',
      'find',
      'a',
      'const',
    ]);
  });

  it('are names, at their places, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (prefix) => {
        const offsets = namesBefore(prefix);
        assert.ok(offsets.length <= 24 && offsets.every((at) => /^[\p{L}_$]/u.test(prefix.slice(at))));
        assert.deepEqual(
          offsets,
          offsets.toSorted((a, b) => b - a),
        );
      }),
    );
  });
});

describe('a declaration', () => {
  const all = (text: string): string => declarationIn(text, 0, text.length);

  it('of a function ends before its body', () => {
    assert.equal(all('export function find(\n  name: string,\n): Book {\n  return 1;\n}'), 'export function find(\n  name: string,\n): Book {\n'); // prettier-ignore
    assert.equal(all('def find(name):\n    return 1\n'), 'def find(name):\n');
  });

  it('of a type has its members', () => {
    const book = 'export interface Book {\n  title: string;\n  pages: number;\n}';
    assert.equal(all(book), `${book}\n`);
    assert.equal(all(`export abstract class A {\n${'  b = 1;\n'.repeat(20)}}`).split('\n').length, 11);
  });

  it('begins with its line', () => {
    const text = 'a;\nexport const size = 3;\nb;\n';
    assert.equal(declarationIn(text, text.indexOf('size'), text.indexOf(';\nb') + 1), 'export const size = 3;\n');
  });
});

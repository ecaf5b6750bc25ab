import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asOneEdit, chosenFix } from '../../../../../src/features/nextEdit/served/fixes';
import type { FixPart, OfferedFix } from '../../../../../src/features/nextEdit/served/fixes';
import { positionAt } from '../../../../../src/nearby/edits/placedEdit';

const text = "import { a } from './a';\n\nparse(a);\n";
const top = { line: 0, character: 0 };
const insert = (put: string, at = top): FixPart => ({ start: at, end: at, text: put });
const fix = (title: string, parts: readonly FixPart[], isPreferred = false): OfferedFix => ({
  title,
  parts,
  isPreferred,
});
const chosen = (...fixes: OfferedFix[]) => chosenFix(fixes, text, 'parse')?.title;

describe('what a language server offers against an error', () => {
  const imported = fix('import', [insert("import { parse } from './parse';\n")]);
  const declared = fix('declare', [insert('function parse() {}\n', { line: 3, character: 0 })]);

  it('is proposed where the server prefers it', () => {
    assert.equal(chosen(imported, fix('spelling', [insert('s')], true)), 'spelling');
    assert.equal(chosen(declared, fix('nothing that can be shown', [], true)), undefined);
  });

  it('is proposed where it is the only import of the name, also into what is imported already', () => {
    assert.equal(chosen(declared, imported), 'import');
    assert.equal(chosen(declared, fix('update', [insert(', parse', { line: 0, character: 10 })])), 'update');
    assert.equal(chosenFix([fix('from', [insert('from json import parse\n')])], 'parse()\n', 'parse')?.title, 'from');
  });

  it('is not where there are two imports, or it is anything else', () => {
    assert.equal(chosen(imported, fix('another', [insert("import { parse } from './other';\n")])), undefined);
    assert.equal(chosen(declared), undefined);
    assert.equal(chosen(fix('other name', [insert("import { b } from './b';\n")])), undefined);
    assert.equal(chosen(fix('both', [...imported.parts, ...declared.parts])), undefined);
    assert.equal(chosenFix([imported], text, "'./parse'"), undefined);
    assert.equal(chosen(), undefined);
  });

  it('is one edit of all its parts', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.nat(text.length), length: fc.nat(3), put: fc.constantFrom('', 'x', 'y\nz') }), { minLength: 1, maxLength: 4 }), (all) => {
        const apart = all
          .map((one) => ({ ...one, length: Math.min(one.length, text.length - one.at) }))
          .sort((a, b) => a.at - b.at)
          .filter((one, index, sorted) => sorted.slice(0, index).every((above) => above.at + above.length < one.at));
        const parts = apart.map(({ at, length, put }) => ({ start: positionAt(text, at), end: positionAt(text, at + length), text: put }));
        const edit = asOneEdit(fix('', parts.toReversed()), text)!;
        const made = apart.reduceRight((now, { at, length, put }) => now.slice(0, at) + put + now.slice(at + length), text);
        assert.equal(text.slice(0, edit.start) + edit.text + text.slice(edit.end), made);
      }),
    );
  });

  it('is none where parts overlap, lie far apart, or are not there', () => {
    const part = (line: number, from: number, to: number): FixPart => ({ start: { line, character: from }, end: { line, character: to }, text: '' });
    assert.equal(asOneEdit(fix('', []), text), undefined);
    assert.equal(asOneEdit(fix('', [part(0, 0, 5), part(0, 4, 6)]), text), undefined);
    assert.equal(asOneEdit(fix('', [part(9, 0, 0)]), text), undefined);
    assert.equal(asOneEdit(fix('', [part(0, 90, 90)]), text), undefined);
    const long = `a\n${'b\n'.repeat(300)}`;
    assert.equal(asOneEdit(fix('', [part(0, 0, 0), part(300, 0, 0)]), long), undefined);
    assert.deepEqual(asOneEdit(fix('', [part(300, 0, 0)]), long), { start: 600, end: 600, text: '' });
  });
}); // prettier-ignore

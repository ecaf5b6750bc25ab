import assert from 'node:assert/strict';
import {
  announcement,
  change,
  confidenceSentence,
  hint,
  insertedLabel,
  isGhostAt,
  isLong,
  reasonsFor,
  tabActionAt,
} from '../../../../src/features/nextEdit/view';
import type { ServedEdit } from '../../../../src/features/nextEdit/shownEdit';
import type { CursorPlace } from '../../../../src/features/nextEdit/view';
import type { FoundEdit } from '../../../../src/nearby/edits/search';

const t = (message: string, ...args: readonly (string | number | boolean)[]) =>
  message.replaceAll(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)]));

const edit: FoundEdit = {
  path: '/work/a.ts',
  digest: '',
  start: { line: 41, character: 10 },
  end: { line: 41, character: 16 },
  old: 'oldKey',
  text: 'identifier',
  confidence: 0.874,
  repeats: 1,
  units: { start: 900, end: 906 },
  sameTokens: { before: 3, behind: 5 },
  names: [['save', 'drop']],
  texts: undefined,
  learntFrom: [
    { path: '/work/a.ts', line: 11, before: 'oldKey', after: 'identifier' },
    { path: '/work/b.ts', line: undefined, before: 'oldKey', after: 'identifier' },
  ],
};
const insertion: FoundEdit = { ...edit, end: edit.start, old: '', text: ', { retry: true }' };
const cursor: CursorPlace = { isThere: true, position: { line: 3, character: 8 }, isPlain: true, before: '  const ' };
const at = (line: number, character: number): CursorPlace => ({ ...cursor, position: { line, character } });

describe('a proposed edit', () => {
  it('is gone to with Tab from elsewhere, and made at its place', () => {
    assert.equal(tabActionAt(edit, cursor), 'jump');
    assert.equal(tabActionAt(edit, at(41, 10)), 'accept');
    assert.equal(tabActionAt(edit, at(41, 16)), 'accept');
    assert.equal(tabActionAt(edit, at(41, 17)), 'jump');
    assert.equal(tabActionAt(edit, { ...at(41, 12), isThere: false }), 'jump');
  });

  it('leaves Tab alone in the indentation and with a selection, but not at its own place', () => {
    assert.equal(tabActionAt(edit, { ...cursor, before: '  ' }), undefined);
    assert.equal(tabActionAt(edit, { ...cursor, before: '' }), undefined);
    assert.equal(tabActionAt(edit, { ...at(41, 10), before: '  ' }), 'accept');
    assert.equal(tabActionAt(edit, { ...cursor, isPlain: false }), undefined);
  });

  it('is ghost text where it only inserts, at the cursor', () => {
    assert.ok(isGhostAt(insertion, at(41, 10)));
    assert.ok(!isGhostAt(insertion, at(41, 11)));
    assert.ok(!isGhostAt(edit, at(41, 10)));
    assert.ok(!isGhostAt(insertion, { ...at(41, 10), isThere: false }));
    assert.ok(!isGhostAt(insertion, { ...at(41, 10), isPlain: false }));
  });

  it('is shown with its first line and how many more there are', () => {
    assert.equal(insertedLabel(edit, t), 'identifier');
    assert.equal(insertedLabel({ ...edit, text: '\n  b: 1,' }, t), '↵ b: 1,');
    assert.equal(insertedLabel({ ...edit, text: 'import a;\n' }, t), 'import a; ↵');
    assert.equal(insertedLabel({ ...edit, text: 'if (a) {\n  b();\n' }, t), 'if (a) { (1 more line)');
    assert.equal(insertedLabel({ ...edit, text: 'if (a) {\n  b();\n  c();\n}' }, t), 'if (a) { (3 more lines)');
    assert.equal(insertedLabel({ ...edit, text: 'x'.repeat(100) }, t), `${'x'.repeat(80)}…`);
    assert.ok(!isLong(edit) && isLong({ ...edit, text: 'a\nb' }) && isLong({ ...edit, text: 'x'.repeat(81) }));
  });

  it('is named by its line, and by its file where that is another one', () => {
    assert.equal(hint(edit, 'jump', true, t), 'Tab: line 42');
    assert.equal(hint(edit, 'jump', false, t), 'Tab: a.ts, line 42');
    assert.equal(hint(edit, 'accept', true, t), 'Tab: apply');
    assert.equal(announcement([edit], true, t), 'Next edit: line 42');
    assert.equal(announcement([edit, insertion], false, t), 'Next edit: a.ts, line 42; 2 places in all');
  });

  it('says what it was learnt from, what is the same, other names, and how likely it is', () => {
    assert.deepEqual(reasonsFor(edit, t), [
      { text: 'As in a.ts, line 12: oldKey → identifier', at: { path: '/work/a.ts', line: 11 } },
      { text: 'As in b.ts: oldKey → identifier' },
      { text: 'Here: oldKey → identifier' },
      { text: '3 words and signs before and 5 behind are the same' },
      { text: 'Other names here: save → drop' },
      { text: '87 % likely' },
    ]);
    assert.deepEqual(
      reasonsFor({ ...edit, preference: 0.914 }, t).slice(-2),
      [{ text: 'To the model, the new text is 91 % likely against the old one' }, { text: '87 % likely' }],
    );
    assert.equal(change('', 'a\n  b'), '→ a b');
  });

  it('says what the language server knows or a model wrote, and where the name was changed', () => {
    const { path, digest, start, end, old, text } = edit;
    const placed = { path, digest, start, end, old, text };
    const renamed: ServedEdit = {
      ...placed,
      why: { kind: 'renamed', from: 'oldKey', to: 'identifier', definition: { path: '/work/b.ts', start: { line: 2, character: 4 } } },
    };
    assert.deepEqual(reasonsFor(renamed, t), [
      { text: 'Renamed in b.ts, line 3: oldKey → identifier', at: { path: '/work/b.ts', line: 2 } },
      { text: 'Here: oldKey → identifier' },
      { text: 'The language server found this use before the name was changed' },
    ]);
    const fix: ServedEdit = { ...placed, old: '', text: 'import a;\n', why: { kind: 'fix', title: 'Import a', message: 'No\na' } };
    assert.deepEqual(
      reasonsFor(fix, t).map((reason) => reason.text),
      ['The language server says: No a', 'Its fix: Import a', 'Here: → import a;'],
    );
    assert.equal(hint(fix, 'jump', true, t), 'Tab: line 42 · Import a');
    assert.equal(hint(fix, 'accept', true, t), 'Tab: apply');
    assert.equal(hint(renamed, 'jump', true, t), 'Tab: line 42');
    const written: ServedEdit = { ...placed, why: { kind: 'written', probability: 0.914 } };
    assert.deepEqual(
      reasonsFor(written, t).map((reason) => reason.text),
      ['The model wrote it, from what you edited last', 'Here: oldKey → identifier', '91 % likely'],
    );
    assert.equal(confidenceSentence(written, t), '91 % likely');
    assert.equal(hint(written, 'jump', true, t), 'Tab: line 42');
    assert.equal(confidenceSentence(fix, t), 'from the language server');
    assert.equal(confidenceSentence(edit, t), '87 % likely');
  });
}); // prettier-ignore

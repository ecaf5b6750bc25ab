import assert from 'node:assert/strict';
import { isTyped } from '../../../../src/features/nextEdit/changeKind';
import type { ChangeSituation } from '../../../../src/features/nextEdit/changeKind';

const at = (line: number, text = 'x') => ({ firstLine: line, lastLine: line, text });
const typed: ChangeSituation = {
  changes: [at(4)],
  isUndoOrRedo: false,
  selections: [{ firstLine: 4, lastLine: 4 }],
};

describe('a change of a document', () => {
  const cases: readonly [string, Partial<ChangeSituation>, boolean][] = [
    ['a key at the cursor', {}, true],
    ['a key just after the cursor moved to the next line', { changes: [at(5)] }, true],
    ['a line that was pasted', { changes: [at(4, 'const a = 1;\n')] }, true],
    ['a body that was pasted', { changes: [at(4, 'a\nb\nc\nd\ne\n')] }, false],
    ['one long line that was pasted', { changes: [at(4, 'x'.repeat(401))] }, false],
    ['undo', { isUndoOrRedo: true }, false],
    ['an import that came with a completion', { changes: [at(4), at(0)] }, false],
    ['a formatter', { changes: [at(1), at(4), at(9)] }, false],
    ['a quick fix elsewhere', { changes: [at(40)] }, false],
    ['a rename in a file that is not looked at', { selections: [] }, false],
    ['two cursors', { changes: [at(4), at(8)], selections: [{ firstLine: 4, lastLine: 4 }, { firstLine: 8, lastLine: 8 }] }, true],
    ['a selection that is typed over', { changes: [{ firstLine: 2, lastLine: 6, text: 'x' }], selections: [{ firstLine: 2, lastLine: 6 }] }, true],
    ['nothing', { changes: [] }, false],
  ]; // prettier-ignore
  for (const [name, change, expected] of cases)
    it(`is ${expected ? 'an edit' : 'no edit'}: ${name}`, () => assert.equal(isTyped({ ...typed, ...change }), expected));
}); // prettier-ignore

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { analogousEdits } from '../../../../src/nearby/edits/analogy';
import { learnEdit } from '../../../../src/nearby/edits/editPattern';
import { tokenized } from '../../../../src/nearby/edits/nextEdits';
import { afterwards, patternOf, written } from './edits';

/** The text with each of the edits made, one at a time. */
function madeIn(edit: string, text: string): string[] {
  return analogousEdits(patternOf(edit), tokenized('a.ts', text)).map(
    (found) => text.slice(0, found.start) + found.text + text.slice(found.end),
  );
}

describe('places where an edit fits again', () => {
  it('are those where what goes stands', () => {
    assert.deepEqual(madeIn('a.[-old][+fresh+]Name;', 'x(b.oldName, b.old);\n'), ['x(b.freshName, b.old);\n']);
    assert.deepEqual(madeIn('a.[-old][+fresh+];', 'x(b.old);\n'), ['x(b.fresh);\n']);
  });

  it('are told with the names of the place', () => {
    const edit = 'const user = load(userId[+, { fresh: user }+]);\n';
    assert.deepEqual(madeIn(edit, 'const order = load(orderId);\n'), [
      'const order = load(orderId, { fresh: order });\n',
    ]);
  });

  it('of a call that is wrapped are those of the same call', () => {
    const edit = 'x = [-run(a)][+await run(a)+];\n';
    assert.deepEqual(madeIn(edit, 'y = run(b);\n'), ['y = await run(b);\n']);
    assert.deepEqual(madeIn(edit, 'y = await run(b);\n'), [], 'where it is made already, it is not made again');
  });

  it('keep their own blanks and indentation', () => {
    const edit = '  if (a) {\n    go();[+\n    stop();+]\n  }\n';
    assert.deepEqual(madeIn(edit, '      if (b) {\n        go();\n      }\n'), [
      '      if (b) {\n        go();\n        stop();\n      }\n',
    ]);
  });

  it('of other quotes are all in such quotes', () => {
    const edit = "a([-'x'][+`x`+]);\n";
    assert.deepEqual(madeIn(edit, "b('y');\n"), ['b(`y`);\n']);
  });

  it('are the place itself, as it was before, blanks aside', () => {
    const line = fc.array(fc.constantFrom('a', 'bc', 'd1', '(', ')', '.', ',', '=', '7'), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.nat(), fc.constantFrom('zz', 'zz(1)', '', 'q, r'), (lines, at, text) => {
        const pieces = lines.map((all) => all.join(' ')).join('\n').split(/(?<= )/);
        const index = at % pieces.length;
        const start = pieces.slice(0, index).join('').length;
        const edit = { before: pieces.join(''), start, end: start + pieces[index]!.trim().length, inserted: text };
        const pattern = learnEdit(edit);
        // What goes away and stays nowhere is looked for by its words.
        const isLookedFor = pattern?.removed.some(({ kind, text: gone }) => kind === 'name' && !pattern.inserted.some((token) => token.text === gone));
        if (!pattern || !isLookedFor) return;
        const found = analogousEdits(pattern, tokenized('a.ts', edit.before));
        const made = found.map((one) => edit.before.slice(0, one.start) + one.text + edit.before.slice(one.end));
        const words = (all: string): string => all.replaceAll(/\s+/g, ' ').trim();
        assert.ok(made.map(words).includes(words(afterwards(edit))), JSON.stringify(edit));
      }),
    ); // prettier-ignore
  });

  it('come to nothing in a text without the words', () => {
    let cut = 0;
    const source = { path: 'a.ts', text: 'nothing here', tokens: () => (cut++, []) };
    assert.deepEqual(analogousEdits(patternOf('a.[-old][+fresh+];'), source), []);
    assert.equal(cut, 0, 'it is not even cut into tokens');
  });

  it('and an edit that is written down is the edit', () => {
    assert.deepEqual(written('a[-b][+c+]d'), { before: 'abd', start: 1, end: 2, inserted: 'c' });
    assert.deepEqual(written('a[+c+]d'), { before: 'ad', start: 1, end: 1, inserted: 'c' });
  });
});

import assert from 'node:assert/strict';
import { analogousEdits } from '../../../../src/nearby/edits/analogy';
import { confidenceOf } from '../../../../src/nearby/edits/choice';
import { gatherEvidence } from '../../../../src/nearby/edits/evidence';
import { EditHistory } from '../../../../src/nearby/edits/history';
import { tokenized } from '../../../../src/nearby/edits/nextEdits';
import { repeatedEdits } from '../../../../src/nearby/edits/repeatedEdits';

/** `old` becomes `fresh` in these lines of nine, in this order. */
const evidenceAfter = (...lines: readonly number[]) => evidenceWith(lines);

/** @param declined lines where the edit was proposed in vain */
function evidenceWith(lines: readonly number[], declined: readonly number[] = []) {
  let text = Array.from({ length: 9 }, (_, at) => `call${at}(old);`).join('\n');
  const history = new EditHistory();
  for (const line of lines) {
    const start = text.indexOf('old', text.indexOf(`call${line}`));
    history.add('a.ts', { before: text, start, end: start + 3, inserted: 'fresh' });
    text = `${text.slice(0, start)}fresh${text.slice(start + 3)}`;
  }
  const { pattern } = history.edits.at(-1)!;
  for (const line of declined) {
    const start = text.indexOf('old', text.indexOf(`call${line}`));
    history.pass({ path: 'a.ts', start, end: start + 3, pattern });
  }
  const found = analogousEdits(pattern, tokenized('a.ts', text));
  const places = gatherEvidence(history.work, repeatedEdits(history.edits)[0]!, found);
  return {
    history,
    lines: places.map(({ edit }) => text.slice(0, edit.start).split('\n').length - 1),
    of: (line: number) => places.find(({ edit }) => edit.start === text.indexOf('old', text.indexOf(`call${line}`)))!.evidence,
  }; // prettier-ignore
}

describe('the evidence of a place', () => {
  it('is of places that are neither changed nor passed by', () => {
    assert.deepEqual(evidenceAfter(0).lines.sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(evidenceAfter(0, 2).lines.sort(), [3, 4, 5, 6, 7, 8]);
  });

  it('counts how often the edit was made, and what was passed by', () => {
    const [once, twice, passing] = [evidenceAfter(0).of(3), evidenceAfter(0, 1).of(3), evidenceAfter(0, 2).of(3)];
    assert.deepEqual([once.made, twice.made, passing.made], [0, 1, 1]);
    assert.deepEqual([once.passed, twice.passed, passing.passed], [0, 0, 1]);
    assert.deepEqual([twice.shareMade, passing.shareMade], [1, 2 / 3]);
  });

  it('knows which way the user goes', () => {
    assert.equal(evidenceAfter(2).of(1).isAhead, 0);
    assert.equal(evidenceAfter(3, 2).of(1).isAhead, 1);
    assert.equal(evidenceAfter(3, 2).of(4).isAhead, 0);
    assert.deepEqual([evidenceAfter(0).of(1).order, evidenceAfter(0).of(2).order], [1, Math.log2(3)]);
  });

  it('makes a place likelier the more often the edit was made', () => {
    const sure = (...lines: number[]): number => confidenceOf(evidenceAfter(...lines).of(4));
    assert.ok(sure(0) < sure(0, 1));
    assert.ok(sure(0, 1) < sure(0, 1, 2));
  });

  it('has only numbers, whose weights are known', () => {
    for (const values of [evidenceAfter(0).of(1), evidenceAfter(0, 1).of(2)]) {
      assert.ok(Object.values(values).every(Number.isFinite), JSON.stringify(values));
      for (const name of Object.keys(values)) assert.notEqual(confidenceOf({ [name]: 5 }), 0.5, name);
    }
  });

  it('takes a place where the edit was proposed in vain for one that was passed by', () => {
    const { lines, of } = evidenceWith([0, 1], [3]);
    assert.deepEqual(lines.sort(), [2, 4, 5, 6, 7, 8]);
    assert.equal(of(4).passed, 1);
  });
});

import assert from 'node:assert/strict';
import { heaviest, linesOf, rollUp } from '../../../src/attention/linesOfTokens';
import { sequenceOf } from '../../../src/engine/attention/sequence';
import { idsOf, letters } from '../../support/letters';

describe('lines', () => {
  it('hold the tokens that begin in them, of one part of the input each', () => {
    const sequence = sequenceOf(
      [
        { kind: 'suffix', ids: idsOf('ab\ncd') },
        { kind: 'special', ids: [1] },
        { kind: 'prefix', ids: idsOf('ef\n\ng') },
      ],
      letters,
    );
    const lines = linesOf(sequence);
    assert.deepEqual(
      lines.map(({ start, end }) => sequence.text.slice(start, end)),
      ['ab\n', 'cd', 'ef\n', '\n', 'g'],
    );
    assert.deepEqual(
      lines.map(({ from, to }) => [from, to]),
      [
        [0, 3],
        [3, 5],
        [6, 9],
        [9, 10],
        [10, 11],
      ],
    );
    assert.deepEqual([...rollUp(new Float32Array(11).fill(1), lines)], [3, 2, 3, 1, 1]);
  });

  it('the heaviest that hold a share of all', () => {
    assert.deepEqual(heaviest([0.1, 0.6, 0.05, 0.25], 0.9), [1, 3, 0]);
    assert.deepEqual(heaviest([0, 0], 0.9), []);
  });
});

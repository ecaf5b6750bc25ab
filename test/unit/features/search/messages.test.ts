import assert from 'node:assert/strict';
import { hitsInWords } from '../../../../src/features/search/messages';
import { t } from '../../../support/translate';

describe('how many hits there are', () => {
  it('is said in the right number', () => {
    assert.deepEqual(
      [hitsInWords(1, 1, t), hitsInWords(2, 1, t), hitsInWords(5, 3, t), hitsInWords(0, 0, t)],
      ['1 hit', '2 hits in 1 file', '5 hits in 3 files', '0 hits in 0 files'],
    );
  });
});

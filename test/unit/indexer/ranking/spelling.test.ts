import assert from 'node:assert/strict';
import fc from 'fast-check';
import { correctionsOf } from '../../../../src/indexer/ranking/spelling';
import { termsOf } from '../../../../src/common/text/terms';

describe('spelling', () => {
  const countsIn = (code: string) => {
    const terms = termsOf(code);
    return (term: string): number => terms.filter((other) => other === term).length;
  };

  it('is put right by one letter, to the word that most chunks have', () => {
    const corrected = (text: string, code: string): string[] => correctionsOf(text, countsIn(code)).map(({ to }) => to);
    assert.deepEqual(corrected('retyr', 'function retry() {}'), ['retry']);
    assert.deepEqual(corrected('Conection', 'openConnection'), ['connection']);
    assert.deepEqual(corrected('parsing', 'const x = 1'), []);
    assert.deepEqual(corrected('tokne', 'token token taken'), ['token']);
    assert.deepEqual(corrected('abc', 'abd'), []);
  });

  it('finds every word that differs by a letter behind its first', () => {
    const word = fc.stringMatching(/^[a-z]{5,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('drop', 'swap', 'add'), (meant, place, how) => {
        const at = 1 + (place % (meant.length - 2));
        const [a = '', b = ''] = [meant[at], meant[at + 1]];
        const typed = meant.slice(0, at) + { drop: b, swap: b + a, add: `${a}q${b}` }[how] + meant.slice(at + 2);
        fc.pre(typed !== meant && typed.length > 3);
        assert.equal(correctionsOf(typed, countsIn(meant)).length, 1);
      }),
    );
  });
});

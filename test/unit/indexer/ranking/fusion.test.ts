import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { fuse, weights } from '../../../../src/indexer/ranking/fusion';

const best = { lexical: 20, dense: 5 };
const kinds = Object.values(weights);
const part = (most: number) => fc.double({ min: 0, max: most, noNaN: true });

describe('words and meaning together', () => {
  it('more of either never makes an answer worse, whatever is asked', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), part(20), part(20), part(5), part(5), (own, a, b, c, d) => {
        const less = { lexical: Math.min(a, b), dense: Math.min(c, d) };
        const more = { lexical: Math.max(a, b), dense: Math.max(c, d) };
        assert.ok(fuse(more, best, 'hybrid', own) >= fuse(less, best, 'hybrid', own));
      }),
    );
  });

  it('what is best by both has the highest score there is', () => {
    for (const own of kinds) assert.equal(fuse({ lexical: 20, dense: 5 }, best, 'hybrid', own), 1 + own.meaning);
  });

  it('meaning counts most in sentences', () => {
    const near = { lexical: 0, dense: 5 };
    const [code, name, sentence] = (['code', 'name', 'sentence'] as const).map((kind) =>
      fuse(near, best, 'hybrid', weights[kind]),
    ) as [number, number, number];
    assert.ok(sentence > code && sentence > name);
  });

  it('a mode of one kind knows nothing of the other', () => {
    for (const own of kinds) {
      assert.equal(fuse({ lexical: 7, dense: 4 }, best, 'lexical', own), 7);
      assert.equal(fuse({ lexical: 7, dense: 4 }, best, 'dense', own), 0.8);
      assert.equal(fuse({ lexical: 7, dense: undefined }, best, 'dense', own), 0);
    }
  });

  it('where nothing has words or meaning in common, nothing counts', () => {
    assert.equal(fuse({ lexical: 0, dense: undefined }, { lexical: 0, dense: 0 }, 'hybrid', weights.sentence), 0);
  });
});

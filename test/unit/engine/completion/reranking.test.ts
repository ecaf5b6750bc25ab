import fc from 'fast-check';
import assert from 'node:assert/strict';
import { followingText, leastLogprob, logOfBoth, rerank } from '../../../../src/engine/completion/reranking';
import type { RankingEvidence } from '../../../../src/engine/completion/reranking';

const seen = (more: Partial<RankingEvidence>): RankingEvidence => ({
  logprob: -1,
  followed: -10,
  followingTokens: 10,
  isCopied: false,
  ...more,
});

describe('followingText', () => {
  const after = (rest: string, nextLines: string) => followingText({ prefix: '', rest, nextLines });

  it('is the rest of the line and the next two lines that are not blank', () => {
    assert.equal(after(')', 'a\n\n  b\nc\n'), ')\na\n\n  b');
    assert.equal(after('', '  a'), '\n  a');
  });

  it('is the rest of the line where nothing else follows, or nothing near by', () => {
    assert.equal(after(');', ''), ');');
    assert.equal(after('', '\n\n  \n'), '');
    assert.equal(after('', `${'\n'.repeat(100)}far away`), '');
  });
});

describe('the least probability of a text', () => {
  it('is one below which no text is as sure, whatever follows and whatever it is compared with', () => {
    const evidence = fc.record({
      logprob: fc.double({ min: -20, max: 0, noNaN: true }),
      followed: fc.double({ min: -80, max: 0, noNaN: true }),
      followingTokens: fc.integer({ min: 1, max: 16 }),
      isCopied: fc.constant(false),
    });
    const confidence = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.array(evidence, { minLength: 1, maxLength: 5 }), confidence, (candidates, wanted) => {
        const best = rerank(candidates)!;
        if (candidates[best.index]!.logprob < leastLogprob(wanted)) assert.ok(best.confidence < wanted + 1e-9);
      }),
    );
  });

  it('is none where nothing is wanted, and above all where more is than any text can be', () => {
    assert.equal(leastLogprob(0), -Infinity);
    assert.ok(leastLogprob(0.18) > -5 && leastLogprob(0.18) < -2);
    assert.ok(leastLogprob(0.99) > 0);
  });
});

describe('rerank', () => {
  it('takes what makes the lines behind more probable, though it is less probable itself', () => {
    assert.equal(rerank([seen({}), seen({ logprob: -2, followed: -4 })])?.index, 1);
  });

  it('takes the more probable one of equals, and is surer of it the further the other is behind', () => {
    const near = rerank([seen({ logprob: -1.5 }), seen({})])!;
    const far = rerank([seen({ logprob: -4 }), seen({})])!;
    assert.deepEqual([near.index, far.index], [1, 1]);
    assert.ok(far.confidence > near.confidence);
  });

  it('chooses from any numbers, and from nothing nothing', () => {
    assert.equal(rerank([]), undefined);
    const logprob = fc.oneof(fc.double({ max: 0, min: -1e3, noNaN: true }), fc.constant(-Infinity));
    const evidence = fc.record({
      logprob,
      followed: fc.double({ max: 0, min: -1e3, noNaN: true }),
      followingTokens: fc.nat(16),
      isCopied: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(evidence, { minLength: 1, maxLength: 6 }), (candidates) => {
        const { index, confidence } = rerank(candidates)!;
        assert.ok(index >= 0 && index < candidates.length);
        assert.ok(confidence >= 0 && confidence <= 1);
      }),
    );
  });
});

describe('logOfBoth', () => {
  it('is the logarithm of the sum, and never above that of 1', () => {
    const chance = fc.double({ min: 1e-9, max: 1, noNaN: true });
    fc.assert(
      fc.property(chance, chance, (a, b) => {
        const both = logOfBoth(Math.log(a), Math.log(b));
        assert.ok(Math.abs(both - Math.log(Math.min(1, a + b))) < 1e-9);
      }),
    );
  });
});

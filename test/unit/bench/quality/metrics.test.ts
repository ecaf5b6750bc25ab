import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { comparePaired } from '../../../bench/quality/metrics/bootstrap';
import { atThreshold, calibrationError, reliability, thresholdFor } from '../../../bench/quality/metrics/calibration';
import { editSimilarity, scoreCompletion } from '../../../bench/quality/metrics/completion';
import { isFound, rankOf, reciprocalRank } from '../../../bench/quality/metrics/ranking';
import { chrF, rougeL } from '../../../bench/quality/metrics/sentences';
import type { Pair } from '../../../bench/quality/metrics/sentences';

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} ≠ ${expected}`);

describe('completion scores', () => {
  it('do not mind blanks at either end', () => {
    assert.deepEqual(scoreCompletion('  return a;\n', 'return a;'), { exact: 1, similarity: 1, identifiers: 1 });
  });

  it('compare identifiers in their order and nothing else', () => {
    assert.equal(scoreCompletion('foo(bar, 1)', 'foo( bar, 2 );').identifiers, 1);
    assert.equal(scoreCompletion('bar(foo)', 'foo(bar)').identifiers, 0);
    assert.equal(scoreCompletion('', '"x"').exact, 0);
  });

  it('measure edit similarity against the longer text', () => {
    near(editSimilarity('kitten', 'sitting'), 1 - 3 / 7);
    near(editSimilarity('', ''), 1);
    near(editSimilarity('abc', ''), 0);
  });
});

describe('sentence scores', () => {
  const golden = JSON.parse(readFileSync('test/unit/bench/quality/metrics/chrf.json', 'utf8')) as {
    sentences: (Pair & { chrF: number })[];
    corpus: number;
  };

  it('give the chrF of sacreBLEU', () => {
    for (const pair of golden.sentences) near(chrF([pair]), pair.chrF);
    near(chrF(golden.sentences), golden.corpus);
  });

  it('give 0…100, and 100 for equal texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (hypothesis, reference) => {
        const score = chrF([{ hypothesis, reference }]);
        assert.ok(score >= 0 && score <= 100 + 1e-9);
        if (reference.trim() !== '') near(chrF([{ hypothesis: reference, reference }]), 100);
      }),
    );
  });

  it('give ROUGE-L as F1 of the longest common subsequence', () => {
    near(rougeL({ hypothesis: 'police kill the gunman', reference: 'Police killed the gunman.' }), 3 / 4);
    near(rougeL({ hypothesis: 'the gunman kill police', reference: 'police killed the gunman' }), 2 / 4);
    near(rougeL({ hypothesis: 'a b c d', reference: 'a c' }), (2 * 2) / 6);
    near(rougeL({ hypothesis: '', reference: 'a' }), 0);
  });
});

describe('ranking scores', () => {
  it('count a tie as a loss', () => {
    assert.equal(rankOf(1, [3, 3, 3]), 3);
    assert.equal(rankOf(1, [2, 3, 1]), 1);
    assert.equal(rankOf(0, [0, 0]), 2);
  });

  it('end at the tenth', () => {
    near(reciprocalRank(4), 0.25);
    near(reciprocalRank(10), 0.1);
    assert.equal(reciprocalRank(11), 0);
    assert.equal(isFound(10), 1);
    assert.equal(isFound(11), 0);
  });
});

describe('paired bootstrap over packages', () => {
  const scores = (difference: (index: number) => number) =>
    Array.from({ length: 200 }, (_, index) => ({
      package: `p${index % 20}`,
      theirs: 0.5,
      ours: 0.5 + difference(index),
    }));

  it('is sure of a gain that every package has', () => {
    const { ratio, low, high, p } = comparePaired(scores(() => 0.1));
    near(ratio, 1.2);
    assert.ok(low > 1.19 && high < 1.21 && p === 0);
    assert.equal(
      comparePaired(
        scores(() => 0.1),
        1.25,
      ).p,
      1,
    );
  });

  it('is not sure of a gain that one package alone brings', () => {
    const { ratio, p } = comparePaired(scores((index) => (index % 20 === 0 ? 0.4 : -0.01)));
    assert.ok(ratio > 1 && p > 0.2, `ratio ${ratio}, p ${p}`);
  });

  it('does not claim a gain where nothing differs', () => {
    assert.equal(comparePaired(scores(() => 0)).p, 1);
  });
});

describe('calibration', () => {
  const judged = [
    { confidence: 0.95, exact: 1 },
    { confidence: 0.95, exact: 1 },
    { confidence: 0.55, exact: 1 },
    { confidence: 0.55, exact: 0 },
    { confidence: 0.05, exact: 0 },
  ];

  it('sorts suggestions into bins, 1 into the last', () => {
    const bins = reliability([...judged, { confidence: 1, exact: 1 }]);
    assert.deepEqual(
      bins.map(({ count }) => count),
      [1, 0, 0, 0, 0, 2, 0, 0, 0, 3],
    );
    near(bins[5]!.confidence, 0.55);
    near(bins[5]!.exact, 0.5);
  });

  it('weighs the error by how often it occurs', () => {
    near(calibrationError(judged), (2 * 0.05 + 2 * 0.05 + 0.05) / 5);
  });

  it('gives coverage and precision at a threshold', () => {
    const { coverage, precision } = atThreshold(judged, 0.5);
    near(coverage, 0.8);
    near(precision, 0.75);
    assert.deepEqual(atThreshold([], 0.5), { coverage: 0, precision: 0 });
  });

  it('never counts as shown what was not written', () => {
    assert.deepEqual(
      atThreshold(
        [
          { confidence: 0, exact: 0 },
          { confidence: 0.1, exact: 1 },
        ],
        0,
      ),
      { coverage: 0.5, precision: 1 },
    );
  });

  it('finds the widest threshold that keeps a promise, and never splits equal confidences', () => {
    assert.deepEqual(thresholdFor(judged, 0.75), { threshold: 0.55, coverage: 0.8 });
    assert.deepEqual(thresholdFor(judged, 0.9), { threshold: 0.95, coverage: 0.4 });
    assert.equal(thresholdFor([{ confidence: 0.5, exact: 0 }], 0.5), undefined);
  });
});

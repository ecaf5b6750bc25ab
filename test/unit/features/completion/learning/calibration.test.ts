import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  calibrated,
  fitCalibration,
  leastJudged,
  learnedThreshold,
  middleOf,
  shippedFit,
  thresholdBounds,
} from '../../../../../src/features/completion/learning/calibration';
import { confidenceBins } from '../../../../../src/features/completion/learning/statistics';

const bins = Array.from({ length: confidenceBins }, (_, bin) => bin);
/** So many suggestions of each stretch of confidence, of which a share was right. */
const counted = (each: number, rightOf: (confidence: number) => number) => ({
  judged: bins.map(() => each),
  right: bins.map((bin) => each * rightOf(middleOf(bin))),
});
const near = (a: number, b: number, by: number) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);

describe('calibration of confidence', () => {
  it('is the shipped one where nothing is known, and where confidence means what it says', () => {
    const { slope, shift } = fitCalibration(counted(0, () => 0));
    assert.deepEqual({ slope, shift }, { slope: shippedFit.slope, shift: shippedFit.shift });
    const fit = fitCalibration(counted(100, (confidence) => confidence));
    near(fit.slope, 1, 1e-6);
    near(fit.shift, 0, 1e-6);
    near(learnedThreshold(0.18, fit), 0.18, 1e-6);
  });

  it('finds the line that the numbers were made with', () => {
    const made = { slope: 1.3, shift: -0.8, judged: 0 };
    const fit = fitCalibration(counted(20_000, (confidence) => calibrated(confidence, made)));
    near(fit.slope, made.slope, 0.01);
    near(fit.shift, made.shift, 0.01);
  });

  it('wants more where suggestions are less often right than they say, less where they are more often right', () => {
    const worse = fitCalibration(counted(20, (confidence) => confidence * 0.7));
    const better = fitCalibration(counted(20, (confidence) => Math.sqrt(confidence)));
    assert.ok(learnedThreshold(0.18, worse) > 0.2);
    assert.ok(learnedThreshold(0.18, better) < 0.16);
  });

  it('moves little by few suggestions, and not at all by fewer than are needed', () => {
    const few = { judged: bins.map((bin) => (bin === 10 ? leastJudged - 1 : 0)), right: bins.map(() => 0) };
    assert.equal(learnedThreshold(0.18, fitCalibration(few)), 0.18);
    const shift = (n: number) => fitCalibration({ judged: bins.map((bin) => (bin === 10 ? n : 0)), right: bins.map(() => 0) }).shift;
    assert.ok(shift(3) > -0.5 && shift(300) < shift(3));
  }); // prettier-ignore

  it('stays in bounds and in order, whatever was counted and wanted', () => {
    const count = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(count, fc.double({ min: 0, max: 1, noNaN: true })), { minLength: confidenceBins, maxLength: confidenceBins }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, a, b) => {
          const fit = fitCalibration({ judged: all.map(([n]) => n), right: all.map(([n, share]) => Math.floor(n * share)) });
          assert.ok(Number.isFinite(fit.slope) && Number.isFinite(fit.shift) && fit.slope > 0);
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          assert.ok(calibrated(low, fit) <= calibrated(high, fit));
          for (const wanted of [low, high]) {
            const learned = learnedThreshold(wanted, fit);
            assert.ok(learned >= wanted * thresholdBounds[0] - 1e-12 && learned <= Math.min(1, wanted * thresholdBounds[1]) + 1e-12);
          }
          assert.ok(learnedThreshold(low, fit) <= learnedThreshold(high, fit) + 1e-9);
        },
      ),
      { numRuns: 2_000 },
    );
  }); // prettier-ignore
});

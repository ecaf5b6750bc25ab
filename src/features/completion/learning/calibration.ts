/**
 * From how often suggestions of a confidence were right to the least confidence that is shown, for one language. Used by
 * the wiring and the page; pure functions over counts.
 */
import { logit } from '../../../common/statistics/logit';
import { confidenceBins } from './statistics';
import type { LanguageCounts } from './statistics';

/**
 * Platt scaling (1999) of what a model says of itself: the log-odds that a suggestion is right are `slope` times those of
 * its confidence, plus `shift`.
 */
export interface CalibrationFit {
  readonly slope: number;
  readonly shift: number;
  /** Suggestions that it stands on. */
  readonly judged: number;
}

/** Confidence as it comes means what it says: see the card of the model. */
export const shippedFit: CalibrationFit = { slope: 1, shift: 0, judged: 0 };

/** How far, as standard deviations, people and languages are thought to be from what is shipped. */
const spread = { slope: 0.25, shift: 0.5 };
/** The threshold stays between these multiples of what the setting says, whatever was learned. */
export const thresholdBounds = [0.5, 2] as const;
/** Fewer judged suggestions change nothing. */
export const leastJudged = 30;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** A confidence for all in a bin. */
export const middleOf = (bin: number): number => (bin + 0.5) / confidenceBins;

/**
 * The most probable calibration, with a normal prior around the shipped one: few suggestions move it little. Newton's
 * method on two unknowns; the posterior has one maximum.
 */
export function fitCalibration({ judged, right }: Pick<LanguageCounts, 'judged' | 'right'>): CalibrationFit {
  const total = judged.reduce((sum, one) => sum + one, 0);
  let [slope, shift] = [shippedFit.slope, shippedFit.shift];
  for (let round = 0; round < 50; round++) {
    // Gradient and curvature of the negative logarithm of the posterior.
    let [gSlope, gShift] = [(slope - 1) / spread.slope ** 2, shift / spread.shift ** 2];
    let [hSlope, hBoth, hShift] = [1 / spread.slope ** 2, 0, 1 / spread.shift ** 2];
    for (const [bin, n] of judged.entries()) {
      const x = logit(middleOf(bin));
      const p = logistic(slope * x + shift);
      const miss = n * p - (right[bin] ?? 0);
      const weight = n * p * (1 - p);
      gSlope += miss * x;
      gShift += miss;
      hSlope += weight * x * x;
      hBoth += weight * x;
      hShift += weight;
    }
    const determinant = hSlope * hShift - hBoth * hBoth;
    const step = [(hShift * gSlope - hBoth * gShift) / determinant, (hSlope * gShift - hBoth * gSlope) / determinant];
    // Half a step at most, so that the first ones do not overshoot.
    const size = Math.max(1, Math.hypot(...step) / 0.5);
    slope = Math.max(0.25, slope - (step[0] ?? 0) / size);
    shift -= (step[1] ?? 0) / size;
    if (Math.hypot(...step) < 1e-9) break;
  }
  return { slope, shift, judged: total };
}

/** How likely a suggestion of this confidence is right, 0…1. */
export function calibrated(confidence: number, { slope, shift }: CalibrationFit): number {
  return confidence <= 0 ? 0 : confidence >= 1 ? 1 : logistic(slope * logit(confidence) + shift);
}

/**
 * The confidence from which on a suggestion is as likely right as the setting wants it.
 *
 * @param wanted 0…1, the setting
 */
export function learnedThreshold(wanted: number, fit: CalibrationFit): number {
  if (wanted <= 0 || wanted >= 1 || fit.judged < leastJudged) return wanted;
  const threshold = logistic((logit(wanted) - fit.shift) / fit.slope);
  const [least, most] = thresholdBounds;
  return Math.min(Math.max(threshold, wanted * least), wanted * most, Math.max(wanted, 0.95));
}

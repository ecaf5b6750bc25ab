/** Whether a confidence means what it says, and what is shown at which threshold. */
import { mean } from '../group';

/** A confidence in 0…1, 0 where nothing was written, and whether the suggestion was exactly right (1) or not (0). */
export type Judged = { confidence: number; exact: number };

export type ReliabilityBin = { from: number; to: number; count: number; confidence: number; exact: number };

/** Suggestions by confidence in bins of equal width: mean confidence beside the share that was right. */
export function reliability(judged: readonly Judged[], bins = 10): ReliabilityBin[] {
  const groups = Array.from({ length: bins }, (): Judged[] => []);
  for (const one of judged) groups[Math.min(bins - 1, Math.floor(one.confidence * bins))]!.push(one);
  return groups.map((group, index) => ({
    from: index / bins,
    to: (index + 1) / bins,
    count: group.length,
    confidence: mean(group.map(({ confidence }) => confidence)),
    exact: mean(group.map(({ exact }) => exact)),
  }));
}

/** Expected calibration error in 0…1: the mean distance between confidence and truth, weighted by how often it occurs. */
export function calibrationError(judged: readonly Judged[], bins = 10): number {
  return reliability(judged, bins)
    .filter(({ count }) => count > 0)
    .reduce((sum, { count, confidence, exact }) => sum + (count / judged.length) * Math.abs(confidence - exact), 0);
}

/** The share of tasks that have a suggestion of at least this confidence, and the share of those that is exactly right. */
export function atThreshold(judged: readonly Judged[], threshold: number): { coverage: number; precision: number } {
  const shown = judged.filter(({ confidence }) => confidence > 0 && confidence >= threshold);
  return {
    coverage: judged.length === 0 ? 0 : shown.length / judged.length,
    precision: mean(shown.map(({ exact }) => exact)),
  };
}

/** The lowest threshold at which what is shown is right often enough, with its coverage; nothing where there is none. */
export function thresholdFor(
  judged: readonly Judged[],
  precision: number,
): { threshold: number; coverage: number } | undefined {
  const sorted = [...judged].sort((a, b) => b.confidence - a.confidence);
  let found: { threshold: number; coverage: number } | undefined;
  let exact = 0;
  for (const [index, one] of sorted.entries()) {
    exact += one.exact;
    const isLastOfEqual = sorted[index + 1]?.confidence !== one.confidence;
    if (isLastOfEqual && exact >= precision * (index + 1))
      found = { threshold: one.confidence, coverage: (index + 1) / sorted.length };
  }
  return found;
}

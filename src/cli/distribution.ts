/** Median, 95th percentile and maximum of a list of measurements; used by the `replay` command and by benchmarks. */

export interface Distribution {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** The values that half, 95 % and all of them do not exceed (nearest rank); zero where there are none. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** From weights to what is drawn: how strong, which ones, in which place. */

export interface HeatOptions {
  /** Parts of the strongest weight below which nothing is drawn, 0…1. */
  readonly threshold: number;
  /** Below 1 lifts what is weak. */
  readonly gamma: number;
}

/**
 * Strength of each weight relative to the strongest, 0…255.
 *
 * @param values at least 0
 */
export function strengths(values: Float32Array, { threshold, gamma }: HeatOptions): Uint8Array {
  const shown = new Uint8Array(values.length);
  const most = largest(values);
  if (most <= 0) return shown;
  for (let i = 0; i < values.length; i++) {
    const part = (values[i] as number) / most;
    if (part > 0 && part >= threshold) shown[i] = Math.round(255 * part ** gamma);
  }
  return shown;
}

export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** Indices of the `k` largest values above 0, largest first; of equal ones the earlier first. */
export function strongest(values: ArrayLike<number>, k: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value <= 0 || (best.length === k && value <= (values[best[k - 1] as number] as number))) continue;
    let place = best.length;
    while (place > 0 && (values[best[place - 1] as number] as number) < value) place--;
    best.splice(place, 0, i);
    if (best.length > k) best.pop();
  }
  return best;
}

/** The share that lies in [from, to). */
export function shareOf(values: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  let within = 0;
  for (let i = 0; i < values.length; i++) {
    total += values[i] as number;
    if (i >= from && i < to) within += values[i] as number;
  }
  return total > 0 ? within / total : 0;
}

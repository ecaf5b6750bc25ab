/** A place where a text can be copied and a model can write: how sure the copy is, and whether each is exactly right (1) or not (0). */
export interface Place {
  readonly confidence: number;
  readonly copied: number;
  readonly written: number;
}

/**
 * The share of places that is exact where a copy of at least a confidence is taken and the model writes elsewhere, for
 * every twentieth from 0 (always copied) to 1 (never, or nearly).
 */
export function thresholds(places: readonly Place[]): { from: number; exact: number }[] {
  return Array.from({ length: 21 }, (_, at) => {
    const from = at / 20;
    const right = places.reduce(
      (sum, { confidence, copied, written }) => sum + (confidence >= from ? copied : written),
      0,
    );
    return { from, exact: places.length === 0 ? 0 : right / places.length };
  });
}

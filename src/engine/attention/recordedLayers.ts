/**
 * Which layers a recording keeps whole maps of, where there is no room for those of all. Used by `record`; it looks at
 * sizes alone, not at weights.
 */

/** A stack whose layers are chosen from. */
export interface Choosable {
  /** For each layer, whether there are whole maps to record. */
  readonly kept: readonly boolean[];
  /** How much larger a recording is with one layer’s maps, bytes. */
  readonly layerBytes: number;
}

/**
 * All layers in an order in which any first few of them are spread over the whole depth: the last, the first, and then
 * those in the middle of the widest gap.
 */
export function spreadOut(layers: number): number[] {
  const order = layers > 1 ? [layers - 1, 0] : Array.from({ length: layers }, () => 0);
  while (order.length < layers) {
    const sorted = order.toSorted((a, b) => a - b);
    const gaps = sorted.slice(1).map((to, at) => ({ from: sorted[at] as number, to }));
    const widest = gaps.reduce((most, gap) => (gap.to - gap.from > most.to - most.from ? gap : most));
    order.push((widest.from + widest.to) >> 1);
  }
  return order;
}

/**
 * For each stack and layer, whether it is recorded: wanted layers before others, and those in an order that is spread
 * over the depth.
 *
 * @param room bytes
 */
export function recordedLayers(stacks: readonly Choosable[], wanted: readonly number[], room: number): boolean[][] {
  const chosen = stacks.map(({ kept }) => kept.map(() => false));
  const candidates = stacks.flatMap(({ kept, layerBytes }, stack) =>
    [...new Set([...wanted, ...spreadOut(kept.length)])]
      .filter((layer) => kept[layer] === true)
      .map((layer, rank) => ({ stack, layer, layerBytes, rank })),
  );
  let left = room;
  for (const { stack, layer, layerBytes } of candidates.sort((a, b) => a.rank - b.rank)) {
    if (layerBytes > left) continue;
    left -= layerBytes;
    (chosen[stack] as boolean[])[layer] = true;
  }
  return chosen;
}

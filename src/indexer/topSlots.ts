/**
 * The slots with the highest scores, best first; of equals the first, and none of -Infinity. One pass over all scores: sorting half a million of
 * them would cost more than everything else.
 *
 * @param top how many at most
 * @param accepts whether a slot counts; asked only for those that would be among the best
 */
export function topSlots(scores: Float32Array, top: number, accepts: (slot: number) => boolean): number[] {
  // More than is wanted is collected before the worse half goes, so that each slot costs a constant on average.
  const best = new Int32Array(Math.min(2 * top, scores.length));
  let count = 0;
  let least = -Infinity;
  for (let slot = nextAbove(scores, 0, least); slot < scores.length; slot = nextAbove(scores, slot + 1, least)) {
    if (!accepts(slot)) continue;
    best[count++] = slot;
    if (count < best.length || count <= top) continue;
    least = keepBest(best, scores, top);
    count = top;
  }
  if (count > top) keepBest(best.subarray(0, count), scores, top);
  return [...best.subarray(0, Math.min(count, top))].sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
}

/** A loop of its own, since nearly all of the time is spent in it: within the other one, it took three times as long. */
function nextAbove(scores: Float32Array, from: number, least: number): number {
  let slot = from;
  while (slot < scores.length && (scores[slot] as number) <= least) slot++;
  return slot;
}

/** Moves the best of some slots to the front, of equals the first; all stay in their order. @returns the lowest of their scores */
function keepBest(slots: Int32Array, scores: Float32Array, top: number): number {
  const sorted = new Float32Array(slots.length);
  for (let index = 0; index < slots.length; index++) sorted[index] = scores[slots[index] as number] as number;
  sorted.sort();
  const least = sorted[slots.length - top] as number;
  let equals = sorted.lastIndexOf(least) - (slots.length - top) + 1;
  let kept = 0;
  for (const slot of slots) {
    const score = scores[slot] as number;
    if (score > least || (score === least && equals-- > 0)) slots[kept++] = slot;
  }
  return least;
}

/**
 * The slots with the highest scores, best first; of equals the first, and none of -Infinity. One pass over all scores: sorting half a million of
 * them would cost more than everything else.
 *
 * @param top how many at most
 * @param accepts whether a slot counts; asked only for those that would be among the best
 */
export function topSlots(scores: Float32Array, top: number, accepts: (slot: number) => boolean): number[] {
  // More than is wanted is collected before the worse half goes, so that each slot costs a constant on average.
  const room = Math.min(2 * top, scores.length) + 1;
  const byScore = (a: number, b: number): number => (scores[b] as number) - (scores[a] as number) || a - b;
  let best: number[] = [];
  let least = -Infinity;
  for (let slot = 0; slot < scores.length; slot++) {
    const score = scores[slot] as number;
    if (score <= least || !accepts(slot)) continue;
    best.push(slot);
    if (best.length === room && room > top) {
      best = best.sort(byScore).slice(0, top);
      least = scores[best.at(-1) as number] as number;
    }
  }
  return best.sort(byScore).slice(0, top);
}

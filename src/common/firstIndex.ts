/** Binary search for what is sorted: where tokens or lines stand that have an offset. Reads nothing but what it asks. */

/** The first index below `count` at which a condition holds that holds at all later ones, too; `count` where it holds nowhere. */
export function firstIndex(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

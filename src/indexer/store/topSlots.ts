/** Selects the highest scores in one pass, without sorting all of them; used by lexical and dense search. */

/**
 * The places of the highest scores, best first; of equals the first, and none of -Infinity. One pass over all scores:
 * sorting half a million of them would cost more than everything else.
 *
 * @param parts scores by place, in arrays that are counted through
 * @param top how many at most
 * @param accepts whether a place counts; asked only for those that would be among the best
 */
export function topSlots(parts: readonly Float32Array[], top: number, accepts: (slot: number) => boolean): number[] {
  const best = new Best(
    top,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let base = 0;
  for (const scores of parts) {
    for (let at = nextAbove(scores, 0, best.least); at < scores.length; at = nextAbove(scores, at + 1, best.least)) {
      if (accepts(base + at)) best.add(base + at, scores[at] as number);
    }
    base += scores.length;
  }
  return best.inOrder();
}

/** A loop of its own, since nearly all of the time is spent in it: within the other one, it took three times as long. */
function nextAbove(scores: Float32Array, from: number, least: number): number {
  let at = from;
  while (at < scores.length && (scores[at] as number) <= least) at++;
  return at;
}

/** Collects more than is wanted before the worse half goes, so that each one costs a constant on average. */
class Best {
  /** What is not above it is not among the best. */
  least = -Infinity;
  readonly #slots: Int32Array;
  readonly #scores: Float32Array;
  #count = 0;

  /** @param most how many there are altogether */
  constructor(
    private readonly top: number,
    most: number,
  ) {
    this.#slots = new Int32Array(Math.min(2 * top, most));
    this.#scores = new Float32Array(this.#slots.length);
  }

  /** @param slot after those that were added before */
  add(slot: number, score: number): void {
    this.#slots[this.#count] = slot;
    this.#scores[this.#count++] = score;
    if (this.#count === this.#slots.length && this.#count > this.top) this.#drop();
  }

  /** Drops all but the best, of equals the last ones. */
  #drop(): void {
    const sorted = this.#scores.slice(0, this.#count).sort();
    this.least = sorted[this.#count - this.top] as number;
    let equals = sorted.lastIndexOf(this.least) - (this.#count - this.top) + 1;
    let kept = 0;
    for (let index = 0; index < this.#count; index++) {
      const score = this.#scores[index] as number;
      if (score < this.least || (score === this.least && equals-- <= 0)) continue;
      this.#slots[kept] = this.#slots[index] as number;
      this.#scores[kept++] = score;
    }
    this.#count = kept;
  }

  inOrder(): number[] {
    if (this.#count > this.top) this.#drop();
    const order = Array.from({ length: this.#count }, (_, index) => index);
    return order
      .sort((a, b) => (this.#scores[b] as number) - (this.#scores[a] as number) || a - b)
      .map((index) => this.#slots[index] as number);
  }
}

/** What a native run may take at most, so that nothing more urgent waits longer: milliseconds. */
export const runLimitMs = 30;
/** What is aimed at: the rest is for machines that are busy with something else for a moment. */
const targetMs = 20;

/** The first run behind loading is slow and nothing is known about the machine yet. */
const firstRows = 16;
/** More rows at once no longer make a row cheaper. */
const mostRows = 512;
/** A new measurement's weight where the machine turns out to be faster; a slower one counts at once. */
const weight = 0.5;

/**
 * Decides how many tokens the next run takes, from how long the runs before it took. Rows are taken to cost the same
 * each; that the cost of attention grows with the text shows in the next measurement.
 */
export class Pace {
  #rows = firstRows;
  #rowMs = 0;

  /** Rows for the next run: even, at least 2 (see `planRun`). */
  get rows(): number {
    return this.#rows;
  }

  /** @param ms how long a run of `rows` tokens took */
  record(rows: number, ms: number): void {
    // A short run is mostly overhead: it says little about a row, unless even that was too long.
    if (rows < this.#rows / 2 && ms <= targetMs) return;
    const rowMs = ms / rows;
    this.#rowMs = rowMs > this.#rowMs ? rowMs : this.#rowMs + weight * (rowMs - this.#rowMs);
    const affordable = Math.min(targetMs / this.#rowMs, 2 * this.#rows, mostRows);
    this.#rows = Math.max(2, 2 * Math.floor(affordable / 2));
  }
}

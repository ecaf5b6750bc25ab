/**
 * Chooses how many tokens the next native run takes, from the measured time per row, so that urgent requests do not
 * wait; used by `decoder.ts` and the attention reader.
 */

/**
 * What a native run may take at most where it cannot be interrupted, so that nothing more urgent waits longer:
 * milliseconds. A whole request of no more rows than `atOnce` may take longer.
 */
export const runLimitMs = 30;

/**
 * What is aimed at, milliseconds, and how few rows a run is never cut below: fewer make every row much more expensive.
 * An interruptible run delays no other request, but loses what it has done when interrupted: it is not long at first.
 */
const aims = {
  interruptible: { targetMs: 40, minRows: 16 },
  // The rest is for machines that are busy with something else for a moment.
  blocking: { targetMs: 20, minRows: 4 },
};

/**
 * What a run that can be interrupted grows to as its request gets on. A row costs a sixth less in runs of 128 than in
 * runs of 16, since attention packs the whole cache for each run; longer ones gain nothing. The time bounds that of a
 * single operator, which is what an interruption waits for.
 */
const longest = { ms: 400, rows: 128 };

/**
 * A request of no more rows is not cut where runs cannot be interrupted, such as what was typed behind a long text: there
 * every run copies the whole cache, and in several runs such a request takes twice to three times as long.
 */
const atOnce = 16;

/** The first run behind loading is slow and nothing is known about the machine yet. */
const firstRows = 16;
/** More rows at once no longer make a row cheaper. */
const maxRows = 512;
/** So many of the last measurements count: the fastest tells the speed, the others what else the machine did meanwhile. */
const window = 4;

/**
 * Decides how many tokens the next run takes, from how long the runs before it took. Rows are taken to cost the same
 * each; that the cost of attention grows with the text shows in the next measurements.
 */
export class RunPace {
  #rows = firstRows;
  readonly #rowMs: number[] = [];
  readonly #aim: { readonly targetMs: number; readonly minRows: number };

  constructor(interruptible: boolean) {
    this.#aim = interruptible ? aims.interruptible : aims.blocking;
  }

  /** Rows for the next run: even, at least 2 (see `planRun`). */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Rows for the next run of a request that has run `done` rows already, without being interrupted since, and has `left`
   * to run: where a run can be interrupted no more than twice those that are done, so never more than two thirds of the
   * work are lost. Even, at least 2.
   */
  rowsBehind(done: number, left: number): number {
    if (this.#aim !== aims.interruptible)
      return done === 0 && left <= atOnce ? Math.max(this.#rows, atOnce) : this.#rows;
    const affordable = Math.min(2 * done, longest.rows, longest.ms / Math.min(...this.#rowMs));
    return Math.max(this.#rows, 2 * Math.floor(affordable / 2));
  }

  /** @param ms how long a run of `rows` tokens took */
  record(rows: number, ms: number): void {
    const { targetMs, minRows } = this.#aim;
    // A short run is mostly overhead: it says little about a row, unless even that was too long.
    if (rows < this.#rows / 2 && ms <= targetMs) return;
    this.#rowMs.push(ms / rows);
    if (this.#rowMs.length > window) this.#rowMs.shift();
    const affordable = Math.min(targetMs / Math.min(...this.#rowMs), 2 * this.#rows, maxRows);
    this.#rows = Math.max(minRows, 2 * Math.floor(affordable / 2));
  }
}

/** When a process that has died is started again, and when it is not. Pure: the supervisor hands in the time. */

/**
 * Milliseconds to wait before each new start: none after the first death in a row, which is most often an accident
 * from outside, then longer.
 */
const restartDelaysMs = [0, 250] as const;

/** How many deaths in a row, with nothing served in between, stop a process. */
export const maxConsecutiveDeaths = restartDelaysMs.length + 1;

/** So many deaths within so long stop it, whatever it has served: the limit that clients of language servers have. */
export const maxDeathsOverTime = { deaths: 5, withinMs: 180_000 } as const;

/** What follows a death: another start after some milliseconds, or none, and why. */
export type AfterDeath = { readonly delayMs: number } | { readonly stopped: string };

/** The deaths of one process. */
export class Deaths {
  #inARow = 0;
  /** The moments of the last ones. */
  #moments: number[] = [];

  /** In a row, with nothing served in between. */
  get inARow(): number {
    return this.#inARow;
  }

  /** @param now milliseconds of a clock that is never set @param reason how this one ended */
  add(now: number, reason: string): AfterDeath {
    const { deaths, withinMs } = maxDeathsOverTime;
    this.#inARow++;
    this.#moments = [...this.#moments.filter((moment) => now - moment < withinMs), now];
    const stopped = (howOften: string) => ({ stopped: `it ended ${howOften}, the last time with ${reason}` });
    if (this.#moments.length >= deaths) return stopped(`${deaths} times within ${withinMs / 60_000} minutes`);
    const delayMs = restartDelaysMs[this.#inARow - 1];
    return delayMs === undefined ? stopped(`${maxConsecutiveDeaths} times in a row`) : { delayMs };
  }

  /** The process has done something of use: earlier deaths are not in a row with later ones. */
  served(): void {
    this.#inARow = 0;
  }

  forget(): void {
    this.#inARow = 0;
    this.#moments = [];
  }
}

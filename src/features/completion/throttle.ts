/**
 * Delays a completion request by a fixed few milliseconds while the user types, so that only the newest of a burst
 * goes on. Used by the completer; holds no text.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Holds requests back for a moment while the user is typing, so that only the last of a burst is computed. The
 * first one on a new line passes at once; text that is known already is never brought here.
 */
export class Throttle {
  #newest = 0;

  /** @param delayMs shorter than the gap between two key presses of a fast typist, unnoticed by a slow one. */
  constructor(private readonly delayMs = 25) {}

  /** @returns whether the caller may go on: no newer one came in the meantime and its signal was not raised. */
  async admit(atOnce: boolean, signal: AbortSignal): Promise<boolean> {
    const turn = ++this.#newest;
    if (!atOnce) await sleep(this.delayMs);
    return turn === this.#newest && !signal.aborted;
  }
}

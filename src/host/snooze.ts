/**
 * Timed pause of completions that ends by itself and tells listeners when it begins, changes or ends. Created by
 * `extension.ts`; read by completion and set by the status feature; not kept across restarts.
 */
import { Listeners } from '../common/listeners';

/** A pause of all suggestions that ends by itself. Times are milliseconds since the epoch. */
export class Snooze {
  #end = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #listeners = new Listeners();
  /** Adds a listener, called when the pause begins, changes or ends. */
  readonly onDidChange = this.#listeners.add;

  constructor(private readonly now: () => number = Date.now) {}

  /** When the pause ends, or undefined where there is none. */
  get until(): number | undefined {
    return this.now() < this.#end ? this.#end : undefined;
  }

  start(minutes: number): void {
    this.#set(this.now() + minutes * 60_000);
  }

  resume(): void {
    this.#set(0);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #set(end: number): void {
    clearTimeout(this.#timer);
    this.#end = end;
    const left = end - this.now();
    // A moment later than the end, for timers may fire a millisecond early.
    if (left > 0) this.#timer = setTimeout(() => this.#listeners.notify(), left + 5);
    this.#listeners.notify();
  }
}

/**
 * A value that is returned at once and refreshed in the background, by one attempt at a time; used for the list of
 * nearby files. A failed attempt keeps the old value.
 */

/**
 * Something that takes long to find out and may be old: it is there at once, and found out anew by one attempt at a time.
 * Used for files near by.
 */
export class Refreshed<Value> {
  #at = -Infinity;
  #isLooking = false;
  #looking: Promise<void> = Promise.resolve();

  /**
   * @param value what is there before anything was found
   * @param freshMs for how long nothing is looked for again, from the end of an attempt on: in a large folder it takes long,
   *   and must not be followed by the next at once
   * @param now milliseconds
   */
  constructor(
    private value: Value,
    private readonly look: () => Promise<Value>,
    private readonly freshMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** What was found last. Begins to look anew where that is old. */
  get last(): Value {
    this.#begin();
    return this.value;
  }

  /** The same after the attempt that is under way. */
  async whole(): Promise<Value> {
    this.#begin();
    await this.#looking;
    return this.value;
  }

  #begin(): void {
    if (!this.#isLooking && this.now() - this.#at > this.freshMs) {
      this.#isLooking = true;
      this.#looking = this.look()
        .then(
          (value) => void (this.value = value),
          // What was found before is better than nothing.
          () => undefined,
        )
        .finally(() => {
          this.#isLooking = false;
          this.#at = this.now();
        });
    }
  }
}

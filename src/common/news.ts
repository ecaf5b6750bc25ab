/**
 * Suppresses repeats of the same log sentence until it changes or is cleared; used by the vector cache and the
 * workspace index.
 */

/** Logs each sentence once until it is no longer true. Used where the same may go wrong many times a minute. */
export class News {
  #last: string | undefined;

  /** @param say called with each new sentence */
  constructor(private readonly say: (sentence: string) => void) {}

  /** Says a sentence unless it was the last one. */
  tell(sentence: string): void {
    if (sentence === this.#last) return;
    this.#last = sentence;
    this.say(sentence);
  }

  /** It works again: what goes wrong next is news, whatever it is. */
  clear(): void {
    this.#last = undefined;
  }
}

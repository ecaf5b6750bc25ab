/**
 * Cache of the latest texts that the model wrote, looked up by whether they still fit the cursor's place, newest
 * first. Used by the completer; bounded in number.
 */
import { BoundedMap } from '../../common/boundedMap';
import { remainingText } from './reuse';
import type { CursorContext } from './cursorContext';

/** A text that the model wrote for a place, with what belongs to it. */
export interface CachedText<T> {
  readonly place: CursorContext;
  readonly text: string;
  readonly value: T;
}

/**
 * The texts written lately. What is shown now is the newest of them, so that asking newest first tries it before
 * all others. A hundred offers are told apart by the length of their prefix before any text is compared: typing
 * on through one, going back by deleting, and going forward again all find it within microseconds.
 */
export class SuggestionCache<T> {
  readonly #offers: BoundedMap<string, CachedText<T>>;

  constructor(capacity = 100) {
    this.#offers = new BoundedMap(capacity);
  }

  add(offer: CachedText<T>): void {
    this.#offers.set(keyOf(offer), offer);
  }

  /** The newest offer that still fits, which becomes the newest of all, and what of it is still to be typed. */
  find(now: CursorContext): { readonly offer: CachedText<T>; readonly rest: string } | undefined {
    for (const [key, offer] of this.#offers.newestFirst()) {
      const rest = remainingText(offer.place, offer.text, now);
      if (rest === undefined) continue;
      this.#offers.set(key, offer);
      return { offer, rest };
    }
    return undefined;
  }

  clear(): void {
    this.#offers.clear();
  }
}

/** One offer per spot: a newer text for the same spot takes the older one's place. */
function keyOf({ place }: CachedText<unknown>): string {
  return JSON.stringify([place.document, place.prefix.length, place.prefix.slice(-200), place.suffix.slice(0, 50)]);
}

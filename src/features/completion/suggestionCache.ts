/**
 * Cache of the latest texts that the model wrote, looked up by whether they still fit the cursor, newest
 * first. Used by the completer; bounded in number.
 */
import { BoundedMap } from '../../common/boundedMap';
import { remainingText } from './reuse';
import type { TextAtCursor } from './reuse';
import type { CursorContext } from './cursorContext';

/** A text that the model wrote for a cursor, with what belongs to it. */
export interface CachedText<T> extends TextAtCursor {
  readonly value: T;
}

/**
 * The texts written lately. What is shown now is the newest of them, so that asking newest first tries it before
 * all others. A hundred texts are told apart by the length of their prefix before any text is compared: typing
 * on through one, going back by deleting, and going forward again all find it within microseconds.
 */
export class SuggestionCache<T> {
  readonly #texts: BoundedMap<string, CachedText<T>>;

  constructor(capacity = 100) {
    this.#texts = new BoundedMap(capacity);
  }

  add(cached: CachedText<T>): void {
    this.#texts.set(keyOf(cached), cached);
  }

  /** The newest text that still fits, which becomes the newest of all, and what of it is still to be typed. */
  find(cursor: CursorContext): { readonly cached: CachedText<T>; readonly rest: string } | undefined {
    for (const [key, cached] of this.#texts.newestFirst()) {
      const rest = remainingText(cached, cursor);
      if (rest === undefined) continue;
      this.#texts.set(key, cached);
      return { cached, rest };
    }
    return undefined;
  }

  clear(): void {
    this.#texts.clear();
  }
}

/** One text for each cursor: a newer one for the same cursor replaces the older. */
function keyOf({ cursor }: CachedText<unknown>): string {
  return JSON.stringify([cursor.document, cursor.prefix.length, cursor.prefix.slice(-200), cursor.suffix.slice(0, 50)]);
}

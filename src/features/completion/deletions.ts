/**
 * Follows what the user deletes at the cursor, so that it is not suggested at once; used by the completer. Pure, over
 * the cursors that suggestions are asked for at.
 */
import { isSame, isSameDocument } from './cursorContext';
import type { CursorContext } from './cursorContext';

/** What was deleted last, from one cursor to the next. */
export class Deletions {
  #cursor: CursorContext | undefined;
  #deleted = '';

  /** A suggestion is asked for here, or the cursor rests. */
  note(cursor: CursorContext): void {
    const last = this.#cursor;
    this.#cursor = cursor;
    if (last !== undefined && isSame(last, cursor)) return;
    const gone = last && deletedBetween(last, cursor);
    this.#deleted = gone ? gone.before + this.#deleted + gone.behind : '';
  }

  /** Whether a text at a cursor says what was deleted there, as far as both go. Typing anything, or going elsewhere, ends that. */
  undoes(cursor: CursorContext, text: string): boolean {
    if (this.#deleted === '' || this.#cursor === undefined || !isSame(this.#cursor, cursor)) return false;
    return text.startsWith(this.#deleted) || this.#deleted.startsWith(text);
  }
}

/** What is gone left and right of the cursor; undefined where that is not all that has changed. */
function deletedBetween(last: CursorContext, cursor: CursorContext): { before: string; behind: string } | undefined {
  const isShorter = last.prefix.length + last.suffix.length > cursor.prefix.length + cursor.suffix.length;
  if (!isShorter || !isSameDocument(last, cursor)) return undefined;
  if (!last.prefix.startsWith(cursor.prefix) || !last.suffix.endsWith(cursor.suffix)) return undefined;
  return {
    before: last.prefix.slice(cursor.prefix.length),
    behind: last.suffix.slice(0, last.suffix.length - cursor.suffix.length),
  };
}

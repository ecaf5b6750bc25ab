/**
 * Decides whether a text written for one cursor still fits another: what the user typed is its beginning, and what
 * follows is the same. Used by `suggestionCache.ts`, `inFlightRequests.ts` and `replaceRange.ts`; pure functions over
 * strings.
 */
import { isSameDocument } from './cursorContext';
import type { CursorContext } from './cursorContext';

/** A text, and the cursor that it was written for. */
export interface TextAtCursor {
  readonly cursor: CursorContext;
  readonly text: string;
}

/** Brackets and quotes that editors write by themselves when their partner is typed. */
const autoClosed = /^[)\]}>"'`]+/;

/**
 * What is still to be typed of a text that was offered at one cursor, seen from another.
 *
 * It fits where the document has grown by exactly the leading characters of the text, and what follows the cursor is
 * the same — or the same behind closers that the editor added and that the text types as well.
 * @returns undefined where it does not fit, or where nothing of it is left.
 */
export function remainingText(written: TextAtCursor, cursor: CursorContext): string | undefined {
  // Cheapest first: of many texts all but a few are refused by two numbers.
  const typed = cursor.prefix.length - written.cursor.prefix.length;
  if (typed < 0 || typed >= written.text.length || !isSameDocument(written.cursor, cursor)) return undefined;
  const rest = written.text.slice(typed);
  return startsBelow(written, cursor) && followingFits(written.cursor.suffix, cursor.suffix, rest) ? rest : undefined;
}

/**
 * Whether a text that is still being written may yet be what the user is typing: what was typed since then and
 * what was written so far agree as far as both go.
 */
export function mayStillFit(written: TextAtCursor, cursor: CursorContext): boolean {
  const typed = cursor.prefix.length - written.cursor.prefix.length;
  if (typed < 0 || !isSameDocument(written.cursor, cursor)) return false;
  const known = written.text.slice(0, typed);
  return (
    cursor.prefix.startsWith(known, written.cursor.prefix.length) &&
    cursor.prefix.startsWith(written.cursor.prefix) &&
    followingFits(written.cursor.suffix, cursor.suffix, undefined)
  );
}

/** Whether the new prefix is the old one and the beginning of the text. */
function startsBelow(written: TextAtCursor, cursor: CursorContext): boolean {
  const typed = cursor.prefix.slice(written.cursor.prefix.length);
  return written.text.startsWith(typed) && cursor.prefix.startsWith(written.cursor.prefix);
}

/** @param rest what is still to be typed; undefined where that is not known yet. */
function followingFits(before: string, after: string, rest: string | undefined): boolean {
  if (before === after) return true;
  const added = after.length - before.length;
  if (added <= 0 || !after.endsWith(before)) return false;
  const closers = after.slice(0, added);
  if (autoClosed.exec(closers)?.[0] !== closers) return false;
  return rest === undefined || isSubsequence(closers, rest);
}

/** Whether all characters of `part` occur in `whole`, in the same order. */
export function isSubsequence(part: string, whole: string): boolean {
  let at = -1;
  for (const character of part) {
    at = whole.indexOf(character, at + 1);
    if (at < 0) return false;
  }
  return true;
}

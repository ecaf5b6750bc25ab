/** Fits a suggestion to what stands right of the cursor: pure functions of text, cursor and language. */
import type { Language } from '../../syntax/languages';
import { isSubsequence } from './reuse';
import { bracketsOf, scanAngles, scanBrackets } from './brackets';
import { restOfLine, startOfLine } from './cursorContext';
import type { CursorContext } from './cursorContext';

/** A text as the editor inserts it. */
export interface Insertion {
  readonly text: string;
  /** How many UTF-16 units right of the cursor, all on its line, the text takes the place of. */
  readonly replaces: number;
}

/** Nothing but what closes brackets, strings and statements. */
const onlyClosers = /^[\s)\]}>"'`;,:]+$/;
/**
 * Fits a text to what stands right of the cursor, so that nothing is there twice and nothing is lost.
 *
 * - `log(|)` + `value);` → the text takes the place of `)`: the editor draws only `value` and `;` as new, and the
 *   cursor ends behind them.
 * - `log(|) + other()` + `value)` → the text loses its last `)`.
 * - `log(|)` + `other(value)` is inserted as it is: its `)` belongs to its own bracket.
 * - `total: |,` + `sum(price, tax)` is inserted as it is: only the end of a text can stand for a separator.
 */
export function fit(text: string, cursor: CursorContext, language: Language): Insertion {
  const rest = restOfLine(cursor);
  if (rest.trim() === '') return { text, replaces: 0 };
  const before = startOfLine(cursor);
  if (onlyClosers.test(rest) && closesRest(text, rest.trimEnd(), before, language))
    return { text, replaces: rest.length };
  return { text: text.slice(0, text.length - overlap(text, rest, before, language)), replaces: 0 };
}

/** Whether the text writes all of the rest: its closers for the same partners as the rest's, its separators as its own end. */
function closesRest(text: string, rest: string, before: string, language: Language): boolean {
  const wanted = bracketsOf(rest, language);
  const { closesOuter, firstOuter } = scanBrackets(text, language, before);
  if (!closesOuter.startsWith(wanted)) return false;
  const angles = rest.split('>').length - 1;
  if (angles > 0 && scanAngles(text).closesOuter < angles) return false;
  const lastCloser = Math.max(rest.lastIndexOf('>'), ...Array.from(wanted, (closer) => rest.lastIndexOf(closer)));
  const separators = rest.slice(lastCloser + 1).trim();
  return text.trimEnd().endsWith(separators) && isSubsequence(rest, wanted === '' ? text : text.slice(firstOuter));
}

/** The length of the longest end of `text` that `rest` begins with, where the text can do without it. */
function overlap(text: string, rest: string, before: string, language: Language): number {
  for (let length = Math.min(text.length, rest.length); length > 0; length--) {
    const shared = rest.slice(0, length);
    // One or two letters in common are chance.
    if (!text.endsWith(shared) || (length < 3 && !/\W/.test(shared))) continue;
    const kept = text.slice(0, -length);
    if (shared.includes('>') && scanAngles(kept).leavesOpen > 0) continue;
    if (scanBrackets(kept, language, before).leavesOpen.length === 0) return length;
  }
  return 0;
}

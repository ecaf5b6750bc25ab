import { isSubsequence } from './adoption';
import { bracketsOf, openString, scanBrackets } from './brackets';
import { restOfLine, startOfLine } from './place';
import type { Place } from './place';
import type { Language } from '../../syntax/languages';

/** A text as the editor inserts it. */
export interface Insertion {
  readonly text: string;
  /** How many UTF-16 units right of the cursor, all on its line, the text takes the place of. */
  readonly replaces: number;
}

/** Nothing but what closes brackets, strings and statements. */
const onlyClosers = /^[\s)\]}>"'`;,:]+$/;

/**
 * Fits a text to what stands right of the cursor, so that nothing is there twice.
 *
 * - `log(|)` + `value);` → the text takes the place of `)`: the editor draws only `value` and `;` as new, and the
 *   cursor ends behind them.
 * - `log(|) + other()` + `value)` → the text loses its last `)`.
 * - `log(|)` + `other(value)` is inserted as it is: its `)` belongs to its own bracket.
 */
export function fit(text: string, place: Place, { strings: { quotes } }: Pick<Language, 'strings'>): Insertion {
  const rest = restOfLine(place);
  if (rest.trim() === '') return { text, replaces: 0 };
  const string = openString(startOfLine(place), quotes);
  if (onlyClosers.test(rest) && closesRest(text, rest, quotes, string)) return { text, replaces: rest.length };
  return { text: text.slice(0, text.length - overlap(text, rest, quotes, string)), replaces: 0 };
}

/** Whether the text writes all of the rest, its closers for the same partners as the rest's. */
function closesRest(text: string, rest: string, quotes: string, string: string | undefined): boolean {
  return (
    scanBrackets(text, quotes, string).closesOuter.startsWith(bracketsOf(rest, quotes)) &&
    isSubsequence(rest.trimEnd(), text)
  );
}

/** The length of the longest end of `text` that `rest` begins with, where the text can do without it. */
function overlap(text: string, rest: string, quotes: string, string: string | undefined): number {
  for (let length = Math.min(text.length, rest.length); length > 0; length--) {
    const shared = rest.slice(0, length);
    // One or two letters in common are chance.
    if (!text.endsWith(shared) || (length < 3 && !/\W/.test(shared))) continue;
    if (scanBrackets(text.slice(0, -length), quotes, string).leavesOpen.length === 0) return length;
  }
  return 0;
}

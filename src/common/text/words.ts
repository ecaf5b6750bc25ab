/**
 * Splits names and text into lower-case words, with their positions; used by search terms, the static table, ranking
 * rules, summaries and completion filters.
 */

/** A name or a number. */
export const identifier = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}+/gu;
const wordInside = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lo}\p{Lm}\p{M}]+|\p{Lu}|\p{Lt}\p{Ll}*|\p{N}+/gu;
/** UTF-16 units; what is longer is data, not a name. */
const maxNameLength = 64;

/** The words of a name in lower case, without signs. */
export function wordsOf(name: string): string[] {
  return Array.from(name.matchAll(wordInside), ([word]) => word.toLowerCase());
}

/** A word of a text in lower case, and where it stands: UTF-16 units. */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The words of all names and numbers in a text, in lower case: `parseHTTPHeader(req)` → `parse`, `http`, `header`, `req`. */
export function* wordsIn(text: string): Generator<string> {
  for (const { word } of placedWordsIn(text)) yield word;
}

/** The same with their places. */
export function* placedWordsIn(text: string): Generator<PlacedWord> {
  for (const { 0: name, index } of text.matchAll(identifier)) {
    if (name.length > maxNameLength) continue;
    for (const { 0: word, index: at } of name.matchAll(wordInside))
      yield { word: word.toLowerCase(), start: index + at, end: index + at + word.length };
  }
}

/** The same text in memory of its own: a part of a text keeps the whole of it there, a file for a word. */
export function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

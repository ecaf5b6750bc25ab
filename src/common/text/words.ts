/**
 * Splits names and text into lower-case words, with their positions; used by search terms, the static table, ranking
 * rules, summaries and completion filters.
 */

/** A name or a number. */
export const identifier = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}+/gu;
const wordInside = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lo}\p{Lm}\p{M}]+|\p{Lu}|\p{Lt}\p{Ll}*|\p{N}+/gu;
/** UTF-16 units; what is longer is a name only where it is made of words. */
const maxPlainNameLength = 64;
const maxNameLength = 256;
/** UTF-16 units of the words of a long name, on average: fewer are those of encoded data, which changes case all the time. */
const minMeanWordLength = 3;
/** Written without blanks between words. */
const unspacedSign =
  '[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}]';
const unspaced = new RegExp(unspacedSign, 'u');

/** The words of a name in lower case, without signs. */
export function wordsOf(name: string): string[] {
  return Array.from(name.matchAll(wordInside), ([word]) => word.toLowerCase());
}

/**
 * Whether what looks like a name is data, as a key or a picture in letters: that is longer than any plain name and not made
 * of words. Text without blanks between its words may be of any length.
 */
export function isData(name: string): boolean {
  if (name.length <= maxPlainNameLength || unspaced.test(name)) return false;
  if (name.length > maxNameLength) return true;
  const words = name.match(wordInside) ?? [];
  return words.length < 2 || words.reduce((sum, { length }) => sum + length, 0) / words.length < minMeanWordLength;
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
    if (isData(name)) continue;
    for (const { 0: word, index: at } of name.matchAll(wordInside))
      yield { word: word.toLowerCase(), start: index + at, end: index + at + word.length };
  }
}

/** The same text in memory of its own: a part of a text keeps the whole of it there, a file for a word. */
export function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** How code and questions become terms: the same way for both, or nothing would be found. */
import { stemmer } from 'stemmer';

/** UTF-16 units; what is longer is data, not a name. */
const longestTerm = 64;
const rememberedIdentifiers = 50_000;

const identifier = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}+/gu;
const wordInside = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lo}\p{Lm}\p{M}]+|\p{Lu}|\p{Lt}\p{Ll}*|\p{N}+/gu;
/** Written without blanks between words. */
const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{2,}$/u;

const remembered = new Map<string, readonly string[]>();

/** `parseHTTPHeader` → the whole in lower case, then `pars`, `http` and `header`: its words by their Porter stems. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const [name] of text.normalize('NFC').matchAll(identifier)) {
    let known = remembered.get(name);
    if (known === undefined) {
      if (remembered.size >= rememberedIdentifiers) remembered.clear();
      const own = copyOf(name);
      remembered.set(own, (known = termsOfIdentifier(own)));
    }
    for (const term of known) terms.push(term);
  }
  return terms;
}

/** The same text in memory of its own: a part of a text keeps the whole of it there, a file for a word. */
export function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function termsOfIdentifier(name: string): string[] {
  if (name.length > longestTerm) return [];
  const stems = wordsOf(name).flatMap((word) => (unspaced.test(word) ? pairsOf(word) : [stemmer(word)]));
  const whole = name.toLowerCase();
  return stems.length > 1 && !unspaced.test(whole) ? [whole, ...stems] : stems;
}

/** The words of a name in lower case, without signs. */
export function wordsOf(name: string): string[] {
  return Array.from(name.matchAll(wordInside), ([word]) => word.toLowerCase());
}

function pairsOf(word: string): string[] {
  const signs = Array.from(word);
  return signs.slice(1).map((sign, index) => `${signs[index] ?? ''}${sign}`);
}

/** The words of all names and numbers in a text, in lower case: `parseHTTPHeader(req)` → `parse`, `http`, `header`, `req`. */
export function* wordsIn(text: string): Generator<string> {
  for (const [name] of text.matchAll(identifier)) {
    if (name.length <= longestTerm) for (const [word] of name.matchAll(wordInside)) yield word.toLowerCase();
  }
}

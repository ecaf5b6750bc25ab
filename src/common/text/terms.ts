/** How code and questions become terms: the same way for both, or nothing would be found. */
import { stemmer } from 'stemmer';
import { copyOf, identifier, wordsOf } from './words';

/** UTF-16 units; what is longer is data, not a name. */
const maxTermLength = 64;
const rememberedIdentifiers = 50_000;

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

function termsOfIdentifier(name: string): string[] {
  if (name.length > maxTermLength) return [];
  const stems = wordsOf(name).flatMap((word) => (unspaced.test(word) ? pairsOf(word) : [stemmer(word)]));
  const whole = name.toLowerCase();
  return stems.length > 1 && !unspaced.test(whole) ? [whole, ...stems] : stems;
}

function pairsOf(word: string): string[] {
  const signs = Array.from(word);
  return signs.slice(1).map((sign, index) => `${signs[index] ?? ''}${sign}`);
}

/** How code and questions become terms: by the same rules for both, or nothing would be found. */
import { stemmer } from 'stemmer';
import { copyOf, identifier, isData, wordsOf } from './words';

const rememberedIdentifiers = 50_000;

/**
 * Text that is compared by pairs of signs: it has no blanks between words or, as Korean, hangs particles on them. The long
 * vowel sign and others that several scripts share are part of it.
 */
const paired =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/u;
const parts = new RegExp(`${paired.source}|(?:(?!${paired.source}).)+`, 'gu');
/** One sign is a word, or a syllable that is one. */
const ideograph = /[\p{Script=Han}\p{Script=Hangul}]/u;

/** A letter with its accents. In other scripts, such marks are vowels or letters of their own, but for ё. */
const accented = /([\p{Script=Latin}\p{Script=Greek}\u0415\u0435])\p{M}+/gu;
/** Letters that people who lack them write as others, and that Unicode does not take apart. */
const written: Readonly<Record<string, string>> = {
  ß: 'ss', ẞ: 'Ss', æ: 'ae', Æ: 'Ae', œ: 'oe', Œ: 'Oe', ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ł: 'l', Ł: 'L', ı: 'i',
}; // prettier-ignore
const writtenOtherwise = new RegExp(`[${Object.keys(written).join('')}]`, 'g');

const remembered = new Map<string, readonly string[]>();

/**
 * The terms of code: `parseHTTPHeader` → the whole in lower case, then `pars`, `http` and `header`: its words by their Porter
 * stems; 設定 → the pairs of its signs, and each sign, so that it is found by one. Accents are left out: café is found by cafe.
 */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const name of text.normalize('NFKC').match(identifier) ?? []) {
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

/** The terms of a question: those of code, but of signs that stand together only their pairs. */
export function termsOfQuestion(text: string): string[] {
  const terms: string[] = [];
  for (const [name] of text.normalize('NFKC').matchAll(identifier)) {
    const own = termsOfIdentifier(name);
    const isRun = own.some((term) => term.length > 1 && paired.test(term));
    for (const term of own) if (!isRun || !isSingle(term)) terms.push(term);
  }
  return terms;
}

const isSingle = (term: string): boolean => ideograph.test(term) && Array.from(term).length === 1;

function termsOfIdentifier(name: string): string[] {
  if (isData(name)) return [];
  if (!paired.test(name)) return termsOfName(withoutAccents(name));
  return (name.match(parts) ?? []).flatMap((part) =>
    paired.test(part) ? signsOf(part) : termsOfName(withoutAccents(part)),
  );
}

/** As it is typed where the keyboard has no accents. @param name normalised */
function withoutAccents(name: string): string {
  if (/^\p{ASCII}*$/u.test(name)) return name;
  const plain = name.normalize('NFD').replaceAll(accented, '$1').normalize('NFC');
  return plain.replaceAll(writtenOtherwise, (letter) => written[letter] ?? letter);
}

function termsOfName(name: string): string[] {
  const stems = wordsOf(name).map((word) => stemmer(word));
  return stems.length > 1 ? [name.toLowerCase(), ...stems] : stems;
}

/** The pairs of signs, and each sign that may be a word; of what stands alone, that. */
function signsOf(run: string): string[] {
  const signs = Array.from(run.toLowerCase());
  if (signs.length === 1) return signs;
  const pairs = signs.slice(1).map((sign, index) => `${signs[index] ?? ''}${sign}`);
  return [...pairs, ...signs.filter((sign) => ideograph.test(sign))];
}

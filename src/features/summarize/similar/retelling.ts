/**
 * Rewords a sentence about one function for another by replacing names and their words. Used by `candidates.ts`; pure
 * functions over strings.
 */
import { difference, rename } from '../../../nearby/renaming';
import type { FunctionCode } from './documented';

/** Shorter words are found in too many places. */
const minWordLength = 3;
/** Verbs that are written as they are. */
const inflected = new Set(['is', 'has', 'was', 'does', 'can', 'should', 'must', 'will']);
const codeLike = /[_$\p{N}]|\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}/u;
const name = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
/** Other names, such as `[Symbol.iterator]`, are no words. */
const plain = /^[\p{L}\p{M}\p{N}]+$/u;
const quoted = /(`[^`]*`)/;

/**
 * Adapts a sentence about one function to another: the names of the function, its container and their parts become the
 * other's, in prose as words. `removeBook` and `removeOldReader`: "Removes a book." → "Removes an old reader."
 */
export function retell(sentence: string, from: FunctionCode, to: FunctionCode): string {
  const pairs = [
    [from.name, to.name],
    [from.container, to.container],
  ].filter(([there, here]) => there !== here && there !== '' && here !== '') as [string, string][];
  if (pairs.length === 0) return sentence;
  const names = new Map(pairs);
  const words = wordings(pairs);
  return sentence
    .split(quoted)
    .map((piece, index) => (index % 2 === 1 ? rename(piece, names) : inProse(piece, index === 0, names, words)))
    .join('');
}

function inProse(
  text: string,
  isStart: boolean,
  names: ReadonlyMap<string, string>,
  words: ReadonlyMap<string, string>,
): string {
  const begins = (at: number): boolean => isStart && text.slice(0, at).trim() === '';
  const isName = (word: string, at: number): boolean =>
    codeLike.test(word) || (/^\p{Lu}.*\p{Ll}/u.test(word) && !begins(at));
  const named = text.replace(name, (word, at: number) => (isName(word, at) ? rename(word, names) : word));
  if (words.size === 0) return named;
  const forms = [...words.keys()]
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replaceAll(' ', String.raw`[\s-]`));
  const anywhere = new RegExp(String.raw`(?<![\p{L}\p{N}_$])(an? )?(${forms.join('|')})(?![\p{L}\p{N}_$])`, 'giu');
  return named.replace(anywhere, (whole: string, article: string | undefined, form: string, at: number) => {
    const other = words.get(form.toLowerCase().replaceAll(/[\s-]/g, ' '));
    const start = at + (article?.length ?? 0);
    if (other === undefined || isName(form, start)) return whole;
    return withArticle(
      article,
      begins(start) && /^\p{Lu}/u.test(form) ? other.charAt(0).toUpperCase() + other.slice(1) : other,
    );
  });
}

/** What differs between names as words in lower case, as it stands and with the ending of a plural or of a verb's third person. */
function wordings(pairs: readonly (readonly [string, string])[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const [there, here] of pairs) {
    const { from, to } = difference(there, here);
    const [old, own] = [from.map(asWord), to.map(asWord)];
    // `get` and `getFocused`: words that are added to a verb belong behind it somewhere.
    if (own.length > old.length && old.every((word, at) => word === own[at])) continue;
    if (old.join('').length < minWordLength || own.length === 0 || ![...old, ...own].every((word) => plain.test(word)))
      continue;
    for (const ending of [(word: string) => word, withEnding]) {
      const key = inLast(old, ending).toLowerCase();
      if (!found.has(key)) found.set(key, inLast(own, ending));
    }
  }
  return found;
}

const inLast = (words: readonly string[], change: (word: string) => string): string =>
  [...words.slice(0, -1), change(words.at(-1) ?? '')].join(' ');

/** Abbreviations stay in capitals. */
const asWord = (piece: string): string => (/^\p{Lu}{2,}$/u.test(piece) ? piece : piece.toLowerCase());

function withEnding(word: string): string {
  if (inflected.has(word) || /[^s]s$/.test(word)) return word;
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}

function withArticle(article: string | undefined, text: string): string {
  if (article === undefined) return text;
  const isVowel = /^(?:[aeio]|u(?!ni|s[aeu]|ti|r[il]))/i.test(text);
  return `${article.charAt(0)}${isVowel ? 'n' : ''} ${text}`;
}

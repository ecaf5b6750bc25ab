/** Two places that are the same but for names: which of them stand for which, and what one says with the other's names. */

/** What stands before two places in common, token by token, blanks aside. */
export interface Alignment {
  /** How many tokens agree, backwards, where names may stand for other names. */
  readonly tokens: number;
  /** Names there → names here, the nearest first. */
  readonly renames: ReadonlyMap<string, string>;
}

const maxTokens = 60;
/** Names that may stand for others: with more of them, little is the same. */
const maxRenames = 3;
/** UTF-16 units. The comparison stops at longer words or runs of blanks: that is data, not code. */
const maxTokenLength = 100;
/** Shorter parts of names are found in too many of them. */
const minPartLength = 3;

/** Words that no name can stand for, of the languages that most code is written in. */
const keywords = new Set(
  (
    'and as async await break case catch class const continue def default delete del do elif else enum except export extends False finally fn for from func function ' +
    'global if implements import in instanceof interface is lambda let match mut new None nil not null of or package pass private protected public pub raise return self static ' +
    'struct super switch this throw True true false try type typeof undefined use var void while with yield'
  ).split(' '),
);

const blank = /\s/;
const wordSign = /[\p{L}\p{N}_$]/u;
/** Hundreds of places are compared at each key: most signs are looked up. */
const ascii = 128;
const isBlank = Array.from({ length: ascii }, (_, code) => blank.test(String.fromCharCode(code)));
const isWordSign = Array.from({ length: ascii }, (_, code) => wordSign.test(String.fromCharCode(code)));
const nameStart = /^[\p{L}_$]/u;

/** Compares the tokens before two offsets of two texts, backwards. */
export function align(here: string, endHere: number, there: string, endThere: number): Alignment {
  const renames = new Map<string, string>();
  const kept = new Set<string>();
  let tokens = 0;
  while (tokens < maxTokens) {
    endHere = skipBlanks(here, endHere);
    endThere = skipBlanks(there, endThere);
    const [startHere, startThere] = [tokenStart(here, endHere), tokenStart(there, endThere)];
    if (startHere === undefined || startThere === undefined) break;
    const [mine, theirs] = [here.slice(startHere, endHere), there.slice(startThere, endThere)];
    const known = renames.get(theirs);
    if (known === undefined ? mine === theirs : mine === known) {
      if (known === undefined) kept.add(theirs);
    } else {
      if (known !== undefined || kept.has(theirs) || renames.size === maxRenames || !isName(mine) || !isName(theirs))
        break;
      renames.set(theirs, mine);
    }
    tokens++;
    [endHere, endThere] = [startHere, startThere];
  }
  return { tokens, renames };
}

/** Whether a word is one of the language, which no name can stand for. */
export const isKeyword = (word: string): boolean => keywords.has(word);

const isName = (token: string): boolean => nameStart.test(token) && !isKeyword(token);

function skipBlanks(text: string, end: number): number {
  const first = Math.max(0, end - maxTokenLength);
  while (end > first && (isBlank[text.charCodeAt(end - 1)] ?? blank.test(text.charAt(end - 1)))) end--;
  return end;
}

/** Where the word, or the sign, that ends at an offset begins; `undefined` where there is none, or a long one. */
function tokenStart(text: string, end: number): number | undefined {
  const isWord = (at: number): boolean => isWordSign[text.charCodeAt(at)] ?? wordSign.test(text.charAt(at));
  let start = end - 1;
  if (start < 0 || blank.test(text.charAt(start))) return undefined;
  if (!isWord(start)) return start;
  while (start > 0 && isWord(start - 1)) {
    start--;
    if (end - start > maxTokenLength) return undefined;
  }
  return start;
}

const name = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/**
 * A text with names in the place of others, also where they are a part of a longer one: with `user` for `order`,
 * `findOrder(order.id)` becomes `findUser(user.id)`.
 */
export function rename(text: string, renames: ReadonlyMap<string, string>): string {
  const parts = [...renames].flatMap(([from, to]) => partsFor(from, to));
  return text.replace(name, (whole) => {
    const known = renames.get(whole);
    if (known !== undefined) return known;
    const words = `|${piecesOf(whole).join('|')}|`;
    const part = parts.find(({ key }) => words.includes(key));
    return part === undefined ? whole : whole.replace(part.from, part.to);
  });
}

/** What differs between two names, in each way of writing it: `loadUser` and `loadOrder` differ in `User` and `Order`. */
function partsFor(fromName: string, toName: string): { from: string; to: string; key: string }[] {
  const { from, to } = difference(fromName, toName);
  if (from.join('').length < minPartLength) return [];
  const written = (way: (words: readonly string[]) => string) => ({
    from: way(from),
    to: way(to),
    key: `|${piecesOf(way(from)).join('|')}|`,
  });
  return [
    written((words) => words.map(capital).join('')),
    written((words) => lower(words.map(capital).join(''))),
    written((words) => words.join('_').toLowerCase()),
    written((words) => words.join('_').toUpperCase()),
  ];
}

/** The words between what two names begin and end with in common; each keeps one of its own. */
export function difference(
  fromName: string,
  toName: string,
): { readonly from: readonly string[]; readonly to: readonly string[] } {
  const [from, to] = [piecesOf(fromName), piecesOf(toName)];
  const shorter = Math.min(from.length, to.length) - 1;
  let start = 0;
  while (start < shorter && from[start] === to[start]) start++;
  let end = 0;
  while (end < shorter - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  const own = (pieces: readonly string[]): string[] =>
    pieces.slice(start, pieces.length - end).filter((piece) => !/^[_$]/.test(piece));
  return { from: own(from), to: own(to) };
}

/** The words in a name as they are written, and what stands between them. */
const piecesOf = (whole: string): string[] =>
  whole.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}\p{N}_$]+|\p{N}+|[_$]+/gu) ?? [];
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const lower = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);

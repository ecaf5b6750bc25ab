/**
 * Finds related tokens in a captured text: duplicates, inductions, brackets and identifiers; used by the engine's head
 * scores and the inspector. Works on text alone, without a parser.
 */
import { firstIndex } from '../common/firstIndex';
import type { CapturedSequence } from '../ipc/engine/messages/attention';
import { pairsOf } from './pairs';
import type { TokenPairs } from './pairs';

type Tokens = Pick<CapturedSequence, 'ids' | 'text' | 'ranges'>;

/** Other occurrences of the same token; in a causal map, earlier ones. */
export function duplicates({ ids }: Pick<Tokens, 'ids'>, causal: boolean): TokenPairs {
  const places = placesOf(ids);
  return pairsOf(ids.length, (row) =>
    (places.get(ids[row] as number) ?? []).filter((place) => (causal ? place < row : place !== row)),
  );
}

/** What came after another occurrence of the same token; in a causal map, an earlier one (Olsson et al., 2022). */
export function inductions({ ids }: Pick<Tokens, 'ids'>, causal: boolean): TokenPairs {
  const places = placesOf(ids);
  return pairsOf(ids.length, (row) =>
    (places.get(ids[row] as number) ?? [])
      .map((place) => place + 1)
      .filter((next) => next < ids.length && (causal ? next < row : next - 1 !== row && next !== row)),
  );
}

const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const opening = new Set(Object.values(closing));

/**
 * From a closing bracket to the opening one. Brackets are paired by kind alone: those within strings and comments are
 * taken for code, and one that has no partner is left out.
 */
export function brackets({ text, ranges }: Tokens): TokenPairs {
  const open: { bracket: string; token: number }[] = [];
  const partner = new Map<number, number[]>();
  const tokenAt = tokenFinder(ranges);
  for (let at = 0; at < text.length; at++) {
    const bracket = text[at] as string;
    if (opening.has(bracket)) open.push({ bracket, token: tokenAt(at) });
    const wanted = closing[bracket];
    if (wanted === undefined) continue;
    const found = open.findLastIndex((other) => other.bracket === wanted);
    const match = open[found];
    if (!match) continue;
    open.length = found;
    const token = tokenAt(at);
    if (token !== match.token) partner.set(token, [...(partner.get(token) ?? []), match.token]);
  }
  return pairsOf(ranges.length / 2, (row) => partner.get(row) ?? []);
}

/** Words of many languages' grammars: they stand everywhere and name nothing. */
export const keywords = new Set(
  (
    'and as async await break case catch class const continue def default delete do elif else enum except export extends false final finally fn for ' +
    'from func function if impl import in instanceof interface is lambda let match mod mut new nil none not null or package pass private protected ' +
    'pub public raise return self static struct super switch this throw true try type typeof undefined use var void where while with yield'
  ).split(' '),
);
const word = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** From a name's tokens to those of its other occurrences; in a causal map, of earlier ones. */
export function identifiers({ text, ranges }: Tokens, causal: boolean): TokenPairs {
  const tokenAt = tokenFinder(ranges);
  const occurrences = new Map<string, number[][]>();
  const ofToken = new Map<number, { name: string; order: number }[]>();
  for (const { 0: name, index } of text.matchAll(word)) {
    if (name.length < 2 || keywords.has(name.toLowerCase())) continue;
    const [first, last] = [tokenAt(index), tokenAt(index + name.length - 1)];
    const tokens = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const known = occurrences.get(name) ?? [];
    for (const token of tokens) ofToken.set(token, [...(ofToken.get(token) ?? []), { name, order: known.length }]);
    known.push(tokens);
    occurrences.set(name, known);
  }
  return pairsOf(ranges.length / 2, (row) =>
    (ofToken.get(row) ?? [])
      .flatMap(({ name, order }) =>
        (occurrences.get(name) ?? []).filter((_, other) => (causal ? other < order : other !== order)).flat(),
      )
      .filter((column) => (causal ? column < row : column !== row)),
  );
}

function placesOf(ids: Int32Array): Map<number, number[]> {
  const places = new Map<number, number[]>();
  for (const [place, id] of ids.entries()) {
    const known = places.get(id);
    if (known) known.push(place);
    else places.set(id, [place]);
  }
  return places;
}

/** Finds the token that has a character: the first whose range ends behind it. */
export function tokenFinder(ranges: Uint32Array): (offset: number) => number {
  // Behind the last one's end it is the last one.
  return (offset) => firstIndex(ranges.length / 2 - 1, (token) => (ranges[2 * token + 1] as number) > offset);
}

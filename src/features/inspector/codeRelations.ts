/** Who belongs to whom in the code that a capture was made of. What is found goes to the engine, which scores heads by it. */
import type { Relation } from '../../ipc/engine/messages/attention';
import { keywords } from '../../attention/relations';
import type { Leaf } from '../../syntax/grammars';

/** Where the tokens of a capture stand in its document: two offsets for each, -1 where it is in none. */
export type Offsets = Int32Array;

/** A name in the code, with the tokens [from, to) that it is written in. */
export interface Name {
  readonly text: string;
  /** UTF-16 offsets in the document. */
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** A place that a language server calls the definition of a name. Offsets of the document. */
export interface DefinedAt {
  readonly name: Name;
  readonly start: number;
}

/** With more, a list of commas would count for more than all else. */
const nearestSiblings = 32;

/**
 * Tokens whose leaves are children of the same node of the syntax tree: with the ones before, the nearest
 * {@link nearestSiblings} leaves of it. Tokens of one leaf are no relation: a comment is none with itself.
 */
export function siblings(offsets: Offsets, leaves: readonly Leaf[], document: string): Relation {
  const tokensOf = new Map<Leaf, number[]>();
  let at = 0;
  for (let token = 0; 2 * token < offsets.length; token++) {
    const [start, end] = [offsets[2 * token] as number, offsets[2 * token + 1] as number];
    if (start < 0) continue;
    const blank = document.slice(start, end).search(/\S/);
    if (blank < 0) continue;
    // Parts of a prompt need not stand in it as they do in the document.
    if ((leaves[at - 1]?.end ?? 0) > start + blank) at = 0;
    while (at < leaves.length && (leaves[at] as Leaf).end <= start + blank) at++;
    const leaf = leaves[at];
    if (leaf === undefined || leaf.start >= end) continue;
    const known = tokensOf.get(leaf);
    if (known) known.push(token);
    else tokensOf.set(leaf, [token]);
  }
  const families = new Map<number, number[][]>();
  const pairs: number[] = [];
  for (const [{ parent }, own] of tokensOf) {
    const family = families.get(parent) ?? [];
    families.set(parent, family);
    for (const other of family.slice(-nearestSiblings))
      for (const token of own) for (const read of other) pairs.push(Math.max(token, read), Math.min(token, read));
    family.push(own);
  }
  return { role: 'parent', pairs: Uint32Array.from(pairs) };
}

const word = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/**
 * Names whose definition is worth asking for, in the order in which to ask: each different one once, where it stands
 * last, before any a second time, since time may not do for all.
 *
 * @param most how many
 */
export function namesToAsk(offsets: Offsets, document: string, most: number): Name[] {
  const rounds: Name[][] = [];
  const seen = new Map<string, number>();
  for (const name of namesIn(offsets, document).reverse()) {
    const round = seen.get(name.text) ?? 0;
    seen.set(name.text, round + 1);
    (rounds[round] ??= []).push(name);
  }
  return rounds.flat().slice(0, most);
}

/** Names that stand whole in tokens that follow each other. */
function namesIn(offsets: Offsets, document: string): Name[] {
  const names: Name[] = [];
  for (let first = 0; 2 * first < offsets.length;) {
    let last = first + 1;
    if ((offsets[2 * first] as number) >= 0)
      while (2 * last < offsets.length && offsets[2 * last] === offsets[2 * last - 1]) last++;
    if ((offsets[2 * first] as number) >= 0) names.push(...namesOfStretch(offsets, document, first, last));
    first = last;
  }
  return names;
}

function namesOfStretch(offsets: Offsets, document: string, first: number, last: number): Name[] {
  const begin = offsets[2 * first] as number;
  let from = first;
  return [...document.slice(begin, offsets[2 * last - 1]).matchAll(word)].flatMap(({ 0: text, index }) => {
    const [start, end] = [begin + index, begin + index + text.length];
    while (from < last && (offsets[2 * from + 1] as number) <= start) from++;
    let to = from;
    while (to < last && (offsets[2 * to] as number) < end) to++;
    return text.length > 1 && !keywords.has(text) ? [{ text, start, end, from, to }] : [];
  });
}

/** From the tokens of names to those of the names that define them, where both are in the capture, the definition first. */
export function definitions(offsets: Offsets, document: string, found: readonly DefinedAt[]): Relation {
  const all = namesIn(offsets, document);
  const pairs: number[] = [];
  for (const { name, start } of found) {
    const target = all.find((other) => other.start <= start && start < other.end);
    if (target === undefined || target.from >= name.from) continue;
    for (let token = name.from; token < name.to; token++)
      for (let read = target.from; read < target.to; read++) pairs.push(token, read);
  }
  return { role: 'definition', pairs: Uint32Array.from(pairs) };
}

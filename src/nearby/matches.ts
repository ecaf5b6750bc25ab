/**
 * Finds places in nearby texts that end like the text before the cursor, and how their identifiers are renamed; used
 * by the copying of completions, and its source type by summaries.
 */
import { align } from './renaming';
import type { Alignment } from './renaming';

/** A text to copy from. */
export interface SourceText {
  /** Where it is from, as the caller named it. */
  readonly path: string;
  readonly text: string;
}

interface Match {
  readonly source: SourceText;
  /** Of the source: the nearest is 0. */
  readonly rank: number;
  /** UTF-16 units from the source's start: what is copied begins there. */
  readonly at: number;
  /** How many characters the two texts end with in common. */
  readonly agreement: number;
}

/** A place in a source, and what stands before it in common with the text before the cursor. */
export interface AlignedMatch extends Match {
  readonly alignment: Alignment;
}

/** Characters that have to agree, and in sources further away fewer only where more hardly ever do. */
const minNearAgreement = 3;
const minFarAgreement = [8, 5, 3] as const;
const hardlyEver = 30;
/** So many sources are near: the text around the cursor itself, and the nearest others. */
const nearSources = 12;
/** Agreements beyond this are all alike. Characters. */
const maxAgreement = 400;
/** Matches that are compared, near and far each; the nearest ones. */
const maxCompared = 2_000;
/** Matches that are kept. */
const maxMatches = 250;

/**
 * Where else something ends like the text before the cursor: the places that agree furthest come first.
 *
 * @param prefix the first source: it is searched from its end
 * @param others nearest first
 */
export function matchesLike(prefix: SourceText, others: readonly SourceText[]): AlignedMatch[] {
  const sources = [prefix, ...others].map((source, rank) => ({ source, rank }));
  const near = scan(prefix, sources.slice(0, nearSources), minNearAgreement);
  let far: Match[] = [];
  for (const length of minFarAgreement) {
    if (far.length >= hardlyEver) break;
    far = scan(prefix, sources.slice(nearSources), length);
  }
  return [...near, ...far]
    .sort((a, b) => b.agreement - a.agreement || a.rank - b.rank)
    .slice(0, maxMatches)
    .map((match) => ({ ...match, alignment: align(prefix.text, prefix.text.length, match.source.text, match.at) }));
}

function scan(
  { text: prefix }: SourceText,
  sources: readonly { source: SourceText; rank: number }[],
  length: number,
): Match[] {
  const matches: Match[] = [];
  if (prefix.length < length) return matches;
  const key = prefix.slice(-length);
  for (const { source, rank } of sources) {
    for (const start of occurrences(source.text, key, rank === 0)) {
      const at = start + length;
      // Skip the cursor's own position.
      if (rank === 0 && at === prefix.length) continue;
      const agreement = length + commonEnding(source.text, start, prefix, prefix.length - length);
      matches.push({ source, rank, at, agreement });
      if (matches.length === maxCompared) return matches;
    }
  }
  return matches;
}

function* occurrences(text: string, key: string, backwards: boolean): Generator<number> {
  if (!backwards) for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) yield at;
  else for (let at = text.lastIndexOf(key); at >= 0; at = at > 0 ? text.lastIndexOf(key, at - 1) : -1) yield at;
}

/** How many characters before the two ends are the same. */
function commonEnding(a: string, endA: number, b: string, endB: number): number {
  const most = Math.min(endA, endB, maxAgreement);
  let length = 0;
  while (length < most && a.charCodeAt(endA - 1 - length) === b.charCodeAt(endB - 1 - length)) length++;
  return length;
}

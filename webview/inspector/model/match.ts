/**
 * Aligns the tokens of two captures of about the same text, perhaps from different tokenizers, and transfers values
 * between them. Used by `focus.ts`; pure functions.
 */
import type { CapturedSequence, SegmentKind } from '../../../src/features/inspector/messages';

type Tokens = Pick<CapturedSequence, 'text' | 'ranges' | 'segments'>;

/** A token of one sequence and one of another that share some text. */
interface Overlap {
  readonly a: number;
  readonly b: number;
  /** UTF-16 units that they share; 1 for markers, which stand for no text. */
  readonly length: number;
}

/** Tokens [from, to) of a sequence, of each of which a part is meant. */
export interface PartialSpan {
  readonly from: number;
  readonly to: number;
  /** Above 0, up to 1. */
  readonly part: number;
}

/** How the tokens of a sequence lie on those of another one of about the same text, perhaps another tokenizer's. */
export interface Alignment {
  readonly overlaps: readonly Overlap[];
  /** For each token of either: what of it is shared with any of the other's. */
  readonly sharedOfA: Float32Array;
  readonly sharedOfB: Float32Array;
}

/**
 * Lays the tokens of two sequences on each other by the text that they stand for. Parts of one kind correspond: the
 * path to the path, the code to the code, whether it was written by a model or read. Of each, the common beginning and
 * the common end are the same; to tokens that are not wholly in them, nothing corresponds.
 */
export function align(a: Tokens, b: Tokens): Alignment {
  const [ours, theirs] = [partsOf(a), partsOf(b)];
  const overlaps = [...ours.texts].flatMap(([name, part]) => {
    const other = theirs.texts.get(name);
    return other === undefined ? [] : overlapsOf(part, other);
  });
  for (const [name, token] of ours.markers) {
    const other = theirs.markers.get(name);
    if (other !== undefined) overlaps.push({ a: token, b: other, length: 1 });
  }
  const sharedOfA = new Float32Array(a.ranges.length / 2);
  const sharedOfB = new Float32Array(b.ranges.length / 2);
  for (const overlap of overlaps) {
    sharedOfA[overlap.a] = (sharedOfA[overlap.a] as number) + overlap.length;
    sharedOfB[overlap.b] = (sharedOfB[overlap.b] as number) + overlap.length;
  }
  return { overlaps, sharedOfA, sharedOfB };
}

/** The other sequence's tokens that lie on tokens [from, to), in runs that are meant by the same part; none where nothing corresponds. */
export function spansOn({ overlaps, sharedOfB }: Alignment, { from, to }: { from: number; to: number }): PartialSpan[] {
  const parts = new Map<number, number>();
  for (const { a, b, length } of overlaps)
    if (a >= from && a < to) parts.set(b, (parts.get(b) ?? 0) + length / (sharedOfB[b] as number));
  const spans: { from: number; to: number; part: number }[] = [];
  for (const [token, part] of [...parts].sort(([one], [two]) => one - two)) {
    const last = spans.at(-1);
    if (last?.to === token && Math.abs(last.part - part) < 1e-6) last.to++;
    else spans.push({ from: token, to: token + 1, part });
  }
  return spans;
}

/**
 * Puts values of the other sequence's tokens onto those of this one.
 *
 * @param how `sum`, for tokens that are read: each value is divided among the tokens it lies on; `mean`, for tokens
 *   that read: each token has the mean of the values that lie on it
 */
export function spread(
  { overlaps, sharedOfA, sharedOfB }: Alignment,
  values: Float32Array,
  how: 'sum' | 'mean',
): Float32Array {
  const put = new Float32Array(sharedOfA.length);
  const counts = new Uint32Array(sharedOfA.length);
  for (const { a, b, length } of overlaps) {
    const value = values[b] ?? 0;
    put[a] = (put[a] as number) + (how === 'sum' ? (value * length) / (sharedOfB[b] as number) : value);
    counts[a] = (counts[a] as number) + 1;
  }
  return how === 'sum' ? put : put.map((value, token) => value / Math.max(1, counts[token] as number));
}

/** Whether no token has another place in the other sequence, so that cells of both maps stand for the same pairs. */
export function isSameGrid({ overlaps, sharedOfA, sharedOfB }: Alignment): boolean {
  return sharedOfA.length === sharedOfB.length && overlaps.every(({ a, b }) => a === b);
}

/** Tokens of one kind, with the text that they stand for, joined where it is of several places. */
interface Part {
  text: string;
  readonly tokens: { readonly token: number; readonly start: number; readonly end: number }[];
}

/** The kind that segments are matched by: code is `text`, whether the user or the model wrote it. */
function partOf(kind: SegmentKind): string {
  return kind === 'prefix' || kind === 'generated' ? 'text' : kind;
}

/** Markers by what they stand in front of, and how far; the first token by that. */
function partsOf({ text, ranges, segments }: Tokens): { texts: Map<string, Part>; markers: Map<string, number> } {
  const texts = new Map<string, Part>();
  const markers = new Map<string, number>();
  segments.forEach(({ kind, from, to, start, end }, index) => {
    if (kind === 'special') {
      const next = segments[index + 1]?.kind;
      for (let token = from; token < to; token++)
        markers.set(
          token === 0 ? 'first' : next === undefined ? `end ${token - from}` : `${next} ${to - token}`,
          token,
        );
      return;
    }
    const name = partOf(kind);
    const part = texts.get(name) ?? { text: '', tokens: [] };
    texts.set(name, part);
    const shift = part.text.length - start;
    part.text += text.slice(start, end);
    for (let token = from; token < to; token++)
      part.tokens.push({
        token,
        start: (ranges[2 * token] as number) + shift,
        end: (ranges[2 * token + 1] as number) + shift,
      });
  });
  return { texts, markers };
}

function overlapsOf(a: Part, b: Part): Overlap[] {
  const [skipA, skipB] = beginnings(a.text, b.text);
  const most = Math.min(a.text.length - skipA, b.text.length - skipB);
  let head = 0;
  while (head < most && a.text[skipA + head] === b.text[skipB + head]) head++;
  let tail = 0;
  while (tail < most - head && a.text[a.text.length - 1 - tail] === b.text[b.text.length - 1 - tail]) tail++;
  return [
    ...within(a, b, { from: skipA, to: skipA + head, shift: skipB - skipA }),
    ...within(a, b, { from: a.text.length - tail, to: a.text.length, shift: b.text.length - a.text.length }),
  ];
}

/** UTF-16 units by which a beginning is recognised. */
const recognised = 16;

/** Where both begin to be the same: one may have a space in front of it, or lack its first words. */
function beginnings(a: string, b: string): [number, number] {
  if (b.startsWith(a.charAt(0))) return [0, 0];
  const [spacesA, spacesB] = [a.length - a.trimStart().length, b.length - b.trimStart().length];
  const inA = a.indexOf(b.slice(spacesB, spacesB + recognised));
  const inB = b.indexOf(a.slice(spacesA, spacesA + recognised));
  let [startA, startB] = inA >= 0 ? [inA, spacesB] : inB >= 0 ? [spacesA, inB] : [0, 0];
  while (startA > 0 && startB > 0 && a[startA - 1] === b[startB - 1]) [startA, startB] = [startA - 1, startB - 1];
  return [startA, startB];
}

/** Overlaps of tokens that lie in a stretch of text that both have, but for white space in front; the other's is `shift` further on. */
function within(a: Part, b: Part, { from, to, shift }: { from: number; to: number; shift: number }): Overlap[] {
  const inside = (part: Part, moved: number): Part['tokens'] =>
    part.tokens
      .filter(
        ({ start, end }) =>
          end > from + moved &&
          end <= to + moved &&
          end > start &&
          (start >= from + moved || part.text.slice(start, from + moved).trim() === ''),
      )
      .map(({ token, start, end }) => ({ token, start: Math.max(start - moved, from), end: end - moved }));
  const ours = inside(a, 0);
  const theirs = inside(b, shift);
  const overlaps: Overlap[] = [];
  let first = 0;
  for (const { token, start, end } of ours) {
    while (first < theirs.length && (theirs[first] as Part['tokens'][number]).end <= start) first++;
    for (let at = first; at < theirs.length; at++) {
      const other = theirs[at] as Part['tokens'][number];
      if (other.start >= end) break;
      const length = Math.min(end, other.end) - Math.max(start, other.start);
      if (length > 0) overlaps.push({ a: token, b: other.token, length });
    }
  }
  return overlaps;
}

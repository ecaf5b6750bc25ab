/**
 * What an edit does, told by tokens: what it takes away, what it puts there, and what stands around. Learnt from the user's last
 * edits, looked for elsewhere by `analogy.ts`. Reads texts only; positions are UTF-16 units.
 */
import { codeTokens } from './codeTokens';
import type { CodeToken, StringCut } from './codeTokens';

/** Text of a file in which a part was replaced. Line ends are `\n`. */
export interface MadeEdit {
  /** The whole file before. */
  readonly before: string;
  /** The part that was replaced, in `before`. */
  readonly start: number;
  readonly end: number;
  /** What stands there now. */
  readonly inserted: string;
}

export interface EditPattern {
  /** What strings are cut into: words where only some of those in a string changed. */
  readonly strings: StringCut;
  /** Tokens before what changed, the nearest first. */
  readonly left: readonly CodeToken[];
  /** What went away. */
  readonly removed: readonly CodeToken[];
  /** Tokens behind what changed, the nearest first. */
  readonly right: readonly CodeToken[];
  /** What came; positions are those of `after`. */
  readonly inserted: readonly CodeToken[];
  /** Everything between `left` and `right`, blanks too: before, and after. */
  readonly gapBefore: string;
  readonly gapAfter: string;
  /** Blanks that the line begins with in which the change begins, and its first word or sign. */
  readonly indentation: string;
  readonly opening: string;
  /** Names that came and were nowhere in the file. */
  readonly newNames: number;
}

/** Tokens on either side: a statement, and those around it. */
const maxContextTokens = 40;
/** Characters on either side that are read for them. */
const maxContextLength = 2_000;
/** A longer change is no small edit that would be made again elsewhere. Tokens. */
const maxChangeTokens = 120;

/** @returns `undefined` where nothing but blanks changed, or too much */
export function learnEdit(edit: MadeEdit): EditPattern | undefined {
  const whole = learn(edit, 'whole');
  return whole && changesWords(whole) ? learn(edit, 'words') : whole;
}

/** Whether a string keeps some of its words. */
function changesWords({ removed, inserted }: EditPattern): boolean {
  const wordsOf = (tokens: readonly CodeToken[]): string[] =>
    tokens.flatMap(({ kind, text }) => (kind === 'text' ? text.split(/[^\p{L}\p{N}_$]+/u) : [])).filter(Boolean);
  const now = new Set(wordsOf(inserted));
  return wordsOf(removed).some((word) => now.has(word));
}

function learn(edit: MadeEdit, strings: StringCut): EditPattern | undefined {
  const { before, start, end, inserted } = wholeLines(edit);
  const after = before.slice(0, start) + inserted + before.slice(end);
  const lineStart = before.lastIndexOf('\n', start - 1) + 1;
  const from = contextStart(before, lineStart);
  const left = codeTokens(before, from, start, strings);
  const old = codeTokens(before, start, end, strings);
  const now = codeTokens(after, start, start + inserted.length, strings);
  const contextEnd = Math.min(before.length, end + maxContextLength);
  const right = codeTokens(before, end, contextEnd, strings).slice(0, maxContextTokens);
  let same = 0;
  while (same < old.length && same < now.length && old[same]?.text === now[same]?.text) same++;
  let sameEnd = 0;
  while (
    sameEnd < old.length - same &&
    sameEnd < now.length - same &&
    old.at(-1 - sameEnd)?.text === now.at(-1 - sameEnd)?.text
  )
    sameEnd++;
  const removed = old.slice(same, old.length - sameEnd);
  const put = now.slice(same, now.length - sameEnd);
  if (removed.length + put.length === 0 || removed.length + put.length > maxChangeTokens) return undefined;
  left.push(...old.slice(0, same));
  right.unshift(...old.slice(old.length - sameEnd));
  const gapStart = left.at(-1)?.end ?? 0;
  const gapEnd = right[0]?.start ?? before.length;
  const grown = after.length - before.length;
  return {
    strings,
    left: left.slice(-maxContextTokens).reverse(),
    removed,
    right: right.slice(0, maxContextTokens),
    inserted: put,
    gapBefore: before.slice(gapStart, gapEnd),
    gapAfter: after.slice(now[same - 1]?.end ?? gapStart, now[now.length - sameEnd]?.start ?? gapEnd + grown),
    indentation: indentationAt(before, gapStart),
    opening: openingOf(before, before.lastIndexOf('\n', gapStart - 1) + 1),
    newNames: put.filter(({ kind, text }) => kind === 'name' && !before.includes(text)).length,
  };
}

/** The same edit of whole lines: a word may be changed in its middle, a line sign by sign. */
function wholeLines({ before, start, end, inserted }: MadeEdit): MadeEdit {
  const from = before.lastIndexOf('\n', start - 1) + 1;
  const next = before.indexOf('\n', end);
  const to = next < 0 ? before.length : next;
  return { before, start: from, end: to, inserted: before.slice(from, start) + inserted + before.slice(end, to) };
}

/** Where the context before a line begins: at the start of a line, where no string is cut. */
function contextStart(text: string, lineStart: number): number {
  const wanted = lineStart - maxContextLength;
  return wanted <= 0 ? 0 : text.indexOf('\n', wanted) + 1;
}

/** Blanks that the line around an offset begins with. */
export function indentationAt(text: string, at: number): string {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  return /^[^\S\n]*/.exec(text.slice(lineStart))?.[0] ?? '';
}

/** The first word or sign of a line. */
export const openingOf = (text: string, lineStart: number): string =>
  /^[^\S\n]*([\p{L}\p{N}_$]+|\S?)/u.exec(text.slice(lineStart, lineStart + 200))?.[1] ?? '';

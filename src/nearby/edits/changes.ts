/**
 * Splits the difference of two versions of a text into changes as a person makes them, one after the other; used where no editor
 * says what was changed: by the command line and by the benchmark of next edits.
 */
import { diffArrays } from 'diff';
import { likeness } from '../../common/statistics/jaccard';

/** Lines that were replaced, with their line breaks. */
export interface LineChange {
  /** Of the version before, from 0. */
  readonly line: number;
  readonly old: readonly string[];
  readonly now: readonly string[];
}

export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Words and signs, blanks aside. */
export const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}_$]+|[^\s]/gu) ?? [];

/** From so much on, two lines are one line before and after; else one went and another came. Jaccard of words. */
const sameLine = 0.5;

/**
 * Changes of more than blanks, from the top. Line by line where as many lines came as went, and each is alike the one it took
 * the place of.
 */
export function changesBetween(before: string, after: string): LineChange[] {
  const changes: LineChange[] = [];
  let line = 0;
  let old: string[] = [];
  let now: string[] = [];
  const close = (): void => {
    if (old.length + now.length > 0) changes.push(...split({ line: line - old.length, old, now }));
    old = [];
    now = [];
  };
  for (const part of diffArrays(linesOf(before), linesOf(after))) {
    if (part.added) now.push(...part.value);
    else if (part.removed) old.push(...part.value);
    else close();
    if (!part.added) line += part.value.length;
  }
  close();
  return changes.filter((change) => wordsOf(change.old.join('')).join(' ') !== wordsOf(change.now.join('')).join(' '));
}

function split(change: LineChange): LineChange[] {
  const { line, old, now } = change;
  if (old.length !== now.length || old.length === 1) return [change];
  if (!old.every((text, index) => likeness(new Set(wordsOf(text)), new Set(wordsOf(now[index] ?? ''))) >= sameLine))
    return [change];
  return old.map((text, index) => ({ line: line + index, old: [text], now: [now[index] ?? ''] }));
}

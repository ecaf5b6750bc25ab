/**
 * Which change repeats which, decided from the differences alone and written before any method was measured.
 *
 * A change is what went and what came between the words that its lines begin and end with in common. One repeats another when
 * both are the same word by word, or would be with names exchanged: a name may be exchanged where it stands in the lines before
 * and comes again after. A name that goes for good, or that comes from nowhere, must be the same.
 */
import { wordsOf } from '../../../src/nearby/edits/changes';
import type { LineChange } from '../../../src/nearby/edits/changes';

export interface Difference {
  readonly removed: readonly string[];
  readonly inserted: readonly string[];
  readonly before: ReadonlySet<string>;
}

const isName = (word: string): boolean => /^[\p{L}_$]/u.test(word);

export function differenceOf({ old, now }: Pick<LineChange, 'old' | 'now'>): Difference {
  const [before, after] = [wordsOf(old.join('')), wordsOf(now.join(''))];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  return {
    removed: before.slice(start, before.length - end),
    inserted: after.slice(start, after.length - end),
    before: new Set(before),
  };
}

export function repeats(a: Difference, b: Difference): boolean {
  if (a.removed.length !== b.removed.length || a.inserted.length !== b.inserted.length) return false;
  const there = new Map<string, string>();
  const here = new Map<string, string>();
  const others = [...b.removed, ...b.inserted];
  for (const [index, one] of [...a.removed, ...a.inserted].entries()) {
    const other = others[index]!;
    if ((there.get(one) ?? other) !== other || (here.get(other) ?? one) !== one) return false;
    there.set(one, other);
    here.set(other, one);
    if (one === other) continue;
    if (!isName(one) || !isName(other) || !a.before.has(one) || !b.before.has(other)) return false;
    if (!a.inserted.includes(one)) return false;
  }
  return true;
}

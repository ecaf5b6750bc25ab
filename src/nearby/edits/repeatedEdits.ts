/**
 * Tells the last edits apart by what they change: which of them were the same change, how long ago, and what came after what.
 * Used to see what the user may make again; reads no text and decides nothing.
 */
import type { RecentEdit } from './history';
import { isSameChange } from './sameChange';

/** A change that was made once or more. */
export interface RepeatedEdit {
  /** Where it was made last. */
  readonly last: RecentEdit;
  /** Where it was made before that, the latest last. */
  readonly made: readonly RecentEdit[];
  /** Edits since it was made last. */
  readonly age: number;
  /** Edits between the last two times, counted with the second; 0 where it was made once. */
  readonly since: number;
  /** How often it came directly after a change like the latest one, and what share of all that came then that is. */
  readonly follows: number;
  readonly shareFollows: number;
}

/** More kinds of changes at a time are not looked for. */
const maxKinds = 4;

/**
 * @param history the last edits, the latest last
 * @returns the latest edit first, and others that were made more than once or came after an edit like the latest one
 */
export function repeatedEdits(history: readonly RecentEdit[]): RepeatedEdit[] {
  const kinds = kindsOf(history);
  const current = kinds.at(-1);
  if (current === undefined) return [];
  const after = kinds.flatMap((kind, at) => (kind === current && at + 1 < kinds.length ? [kinds[at + 1]] : []));
  const distinct = [...new Set(kinds.toReversed())];
  return distinct
    .map((kind) => {
      const places = kinds.flatMap((other, at) => (other === kind ? [at] : []));
      const at = places.at(-1) ?? 0;
      const follows = after.filter((other) => other === kind).length;
      return {
        last: history[at] as RecentEdit,
        made: places.slice(0, -1).map((index) => history[index] as RecentEdit),
        age: history.length - 1 - at,
        since: places.length > 1 ? at - (places.at(-2) ?? 0) : 0,
        follows,
        shareFollows: after.length > 0 ? follows / after.length : 0,
      };
    })
    .filter(({ age, made, follows }) => age === 0 || made.length > 0 || follows > 0)
    .slice(0, maxKinds);
}

/** The same number for the same change. */
function kindsOf(history: readonly RecentEdit[]): number[] {
  const kinds: number[] = [];
  for (const [at, { pattern }] of history.entries()) {
    const same = history.findLastIndex((other, index) => index < at && isSameChange(other.pattern, pattern));
    kinds.push(same < 0 ? at : (kinds[same] ?? at));
  }
  return kinds;
}

/**
 * Real editing, key by key: the changes between two published versions of a package, each typed, deleted or pasted where it was
 * made. Used by the typing benchmark; pure functions of the versions.
 */
import { typing } from '../../../src/cli/typing';
import type { MadeEdit } from '../../../src/nearby/edits/editPattern';
import { Progress } from '../next-edit/steps';
import type { Step } from '../next-edit/steps';

export type EditKind = 'type' | 'delete' | 'paste';

/** The document after a key, and what it will be once the change is made that the key belongs to. */
export interface EditMoment {
  readonly document: string;
  readonly kind: EditKind;
  readonly prefix: string;
  readonly suffix: string;
  readonly wanted: string;
  /** Of the first key of a change: where the cursor rests before it, or where the selection begins that the key replaces. */
  readonly arrival?: { readonly prefix: string; readonly suffix: string };
  /** Until the next key: a person rests at ends of words, of lines and of changes. Milliseconds. */
  readonly pauseMs: number;
}

/** More is deleted as a selection, or pasted. UTF-16 units. */
const most = { deleted: 12, typed: 240 };
/** A text of so much that stands in the file already was copied there. */
const minPasted = 40;
const pauses = { letter: 120, sign: 180, line: 500, deleted: 90, pasted: 600, change: 600 } as const;

/** The keys of one step after the other, a change at a time; a jump lies between two changes. */
export function* changesOf(step: Step): Generator<readonly EditMoment[]> {
  const progress = new Progress(step);
  for (const hunk of step.hunks) yield momentsOf(hunk.path, progress.make(hunk));
}

/** The keys of one change. */
export function momentsOf(document: string, { before, start, end, inserted }: MadeEdit): EditMoment[] {
  const wanted = before.slice(0, start) + inserted + before.slice(end);
  const [old, now] = [before.slice(start, end), inserted];
  const same = sharedStart(old, now);
  const sameEnd = sharedStart(reversed(old.slice(same)), reversed(now.slice(same)));
  const [from, to] = [start + same, end - sameEnd];
  const added = now.slice(same, now.length - sameEnd);
  const moment = (kind: EditKind, prefix: string, suffix: string, pauseMs: number): EditMoment => ({
    document,
    kind,
    prefix,
    suffix,
    wanted,
    pauseMs,
  });
  const after = before.slice(to);
  const moments: EditMoment[] = [];
  for (let left = to - from <= most.deleted ? to - 1 : from; left >= from && to > from; left--)
    moments.push(moment('delete', before.slice(0, left), after, pauses.deleted));
  const head = before.slice(0, from);
  if (added.length > most.typed || (added.trim().length >= minPasted && before.includes(added.trim())))
    moments.push(moment('paste', head + added, after, pauses.pasted));
  else if (added !== '') {
    const language = document.endsWith('.py') ? 'python' : 'javascript';
    for (const { key, prefix, suffix } of typing({ before: head, text: added, after, language })) {
      const kind = key === 'Delete' || key === 'Backspace' ? 'delete' : 'type';
      const pause = key === 'Enter' ? pauses.line : /^\w$/.test(key) ? pauses.letter : pauses.sign;
      moments.push(moment(kind, prefix, suffix, pause));
    }
  }
  const last = moments.pop();
  if (last === undefined) return [];
  const rests = to - from > most.deleted ? from : to;
  const arrival = { prefix: before.slice(0, rests), suffix: before.slice(rests) };
  return [...moments, { ...last, pauseMs: pauses.change }].map((one, at) => (at === 0 ? { ...one, arrival } : one));
}

/** What is still to be written at a moment; undefined where something has to be taken back first. */
export const restOf = ({ prefix, wanted }: EditMoment): string | undefined =>
  wanted.startsWith(prefix) ? wanted.slice(prefix.length) : undefined;

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

const reversed = (text: string): string => text.split('').reverse().join('');

/**
 * Places of a name in documents, followed through what is edited around them. Used where a language server was asked about a
 * text that has changed since; pure functions over what the editor tells of changes.
 */
import { unixLineEnds } from '../../../common/text/cursor';
import type { TextPosition } from '../../../nearby/edits/placedEdit';

export interface NamePlace {
  readonly path: string;
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** A part of a document that was replaced, told by positions before that. */
export interface PlacedChange {
  readonly start: TextPosition;
  readonly end: TextPosition;
  readonly text: string;
}

/** Below zero where the first stands before the other. */
export const compare = (a: TextPosition, b: TextPosition): number => a.line - b.line || a.character - b.character;

/** Whether two parts of a document touch, if only at an end. */
export const touches = (a: Omit<PlacedChange, 'text'>, b: Omit<PlacedChange, 'text'>): boolean =>
  compare(a.start, b.end) <= 0 && compare(b.start, a.end) <= 0;

/**
 * Where a place of a changed document is now. What replaces some of the name belongs to it.
 *
 * @param changes made at once
 * @param grows whether what is put right before or behind the name belongs to it, too
 */
export function carried(place: NamePlace, changes: readonly PlacedChange[], grows: boolean): NamePlace {
  // From the bottom: the positions of those above still hold.
  return changes
    .toSorted((a, b) => compare(b.start, a.start))
    .reduce((now, change) => carry(now, change, grows), place);
}

function carry(place: NamePlace, change: PlacedChange, grows: boolean): NamePlace {
  const { start, end } = place;
  const isApart = (behind: number): boolean => behind > 0 || (behind === 0 && !grows && !isSame(place, change));
  if (isApart(compare(change.start, end))) return place;
  if (isApart(compare(start, change.end))) return { ...place, start: moved(start, change), end: moved(end, change) };
  return {
    ...place,
    start: compare(start, change.start) < 0 ? start : change.start,
    end: compare(end, change.end) > 0 ? moved(end, change) : endOf(change),
  };
}

const isSame = (a: NamePlace, b: PlacedChange): boolean =>
  compare(a.start, b.start) === 0 && compare(a.end, b.end) === 0;

/** Where a position is that stood at the end of a change or behind it. */
function moved({ line, character }: TextPosition, change: PlacedChange): TextPosition {
  const end = endOf(change);
  const by = end.line - change.end.line;
  return line === change.end.line
    ? { line: line + by, character: character - change.end.character + end.character }
    : { line: line + by, character };
}

/** Where a change ends, once it is made. */
function endOf({ start, text }: PlacedChange): TextPosition {
  const lines = unixLineEnds(text).split('\n');
  const last = lines.at(-1)?.length ?? 0;
  const line = start.line + lines.length - 1;
  return { line, character: lines.length === 1 ? start.character + last : last };
}

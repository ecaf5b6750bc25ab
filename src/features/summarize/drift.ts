/**
 * Moves offset ranges and line numbers along with later edits of the document. Used by `thread.vscode.ts` to tell
 * whether a summary still holds; pure functions.
 */
import type { Range } from '../../syntax/documentation';

/** A replaced range of a text; UTF-16 units of the text before. */
export interface Change {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Where a range is after a text has changed; undefined where the change touches it, so that its summary may no longer
 * hold. What is inserted right in front of it, as documentation is, moves it.
 */
export function drifted(range: Range, { start, length, text }: Change): Range | undefined {
  const end = start + length;
  if (end <= range.start) {
    const by = text.length - length;
    return { start: range.start + by, end: range.end + by };
  }
  return start >= range.end ? range : undefined;
}

/** Lines that were put into, or taken out of, a text: what stood on line `from` and behind moves by so many. */
export interface LineShift {
  readonly from: number;
  readonly by: number;
}

/** How a change moves the lines behind it. Lines from 0, characters within them. */
export function lineShift({
  start,
  end,
  text,
}: {
  readonly start: { readonly line: number };
  readonly end: { readonly line: number; readonly character: number };
  readonly text: string;
}): LineShift {
  return {
    from: end.character === 0 ? end.line : end.line + 1,
    by: text.split('\n').length - 1 - (end.line - start.line),
  };
}

/** Where a line stands after all shifts, each of the text that those before it left. */
export const shifted = (line: number, shifts: readonly LineShift[]): number =>
  shifts.reduce((at, { from, by }) => (at >= from ? at + by : at), line);

import type { Range } from '../syntax/documentation';

/** A replaced range of a text; UTF-16 units of the text before. */
export interface Change {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Where a range is after a text has changed; undefined where the change touches it, so that what was said about it may
 * no longer hold. What is inserted right in front of it, as documentation is, moves it.
 */
export function drifted(range: Range, { start, length, text }: Change): Range | undefined {
  const end = start + length;
  if (end <= range.start) {
    const by = text.length - length;
    return { start: range.start + by, end: range.end + by };
  }
  return start >= range.end ? range : undefined;
}

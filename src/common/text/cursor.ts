/**
 * Splits a document at the cursor into prefix, rest of line and next lines, with unix line ends; used by prompts,
 * copying and the inspector.
 */

/** The document around the cursor as prompts are made of it; line ends are `\n`. */
export interface CursorText {
  /** P: up to the cursor. */
  readonly prefix: string;
  /** R: the rest of the cursor's line, without its line break. */
  readonly rest: string;
  /** S: from the next line on. */
  readonly nextLines: string;
}

export const unixLineEnds = (text: string): string => text.replaceAll('\r\n', '\n');

export function splitAtCursor(prefix: string, suffix: string): CursorText {
  const insideBreak = prefix.endsWith('\r') && suffix.startsWith('\n');
  const before = unixLineEnds(insideBreak ? prefix.slice(0, -1) : prefix);
  const after = unixLineEnds(suffix);
  const lineEnd = after.indexOf('\n');
  if (lineEnd < 0) return { prefix: before, rest: after, nextLines: '' };
  return { prefix: before, rest: after.slice(0, lineEnd), nextLines: after.slice(lineEnd + 1) };
}

/**
 * An edit at its place in a file, told by lines and columns so that an editor can show it. Used by the search for the next edit
 * and by what language servers propose; reads texts only, and changes none.
 */
import { createHash } from 'node:crypto';

/** Both count from 0, characters in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** What would go at a place, and what would come. */
export interface PlacedEdit {
  readonly path: string;
  /** Of the text that it was found in: {@link digestOf}. */
  readonly digest: string;
  readonly start: TextPosition;
  readonly end: TextPosition;
  /** What would go. */
  readonly old: string;
  readonly text: string;
}

/** A part of a text, in UTF-16 units, and what would stand there. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Tells a text from every other. The text is one without secrets, with `\n` as line end. */
export const digestOf = (text: string): string => createHash('sha1').update(text).digest('base64');

/** @returns `undefined` where all would stay as it is */
export function placedEdit(path: string, source: string, replacement: Replacement): PlacedEdit | undefined {
  const { start, end, text } = withoutCommonEnds(source, replacement);
  if (start === end && text === '') return undefined;
  const [from, to] = [positionAt(source, start), positionAt(source, end)];
  return { path, digest: digestOf(source), start: from, end: to, old: source.slice(start, end), text };
}

/** The same replacement without what both texts begin and end with; no letter of two units is cut. */
function withoutCommonEnds(source: string, { start, end, text }: Replacement): Replacement {
  const old = source.slice(start, end);
  const most = Math.min(old.length, text.length);
  const isLead = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
  let same = 0;
  while (same < most && old[same] === text[same]) same++;
  if (same > 0 && isLead(old.charCodeAt(same - 1))) same--;
  let sameEnd = 0;
  while (sameEnd < most - same && old.at(-1 - sameEnd) === text.at(-1 - sameEnd)) sameEnd++;
  if (sameEnd > 0 && (old.charCodeAt(old.length - sameEnd) & 0xfc00) === 0xdc00) sameEnd--;
  return { start: start + same, end: end - sameEnd, text: text.slice(same, text.length - sameEnd) };
}

/** @param text with `\n` as line end */
export function positionAt(text: string, offset: number): TextPosition {
  let line = 0;
  let lineStart = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', next + 1)) {
    line++;
    lineStart = next + 1;
  }
  return { line, character: offset - lineStart };
}

/** @returns UTF-16 units; `undefined` where the text has no such place */
export function offsetAt(text: string, { line, character }: TextPosition): number | undefined {
  let start = 0;
  for (let above = 0; above < line; above++) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  const next = text.indexOf('\n', start);
  const length = (next < 0 ? text.length : next) - start;
  return character <= length ? start + character : undefined;
}

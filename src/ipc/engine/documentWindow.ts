/**
 * Cuts the text around a cursor to the limits of a request; used by the completion feature and the command line. The
 * window's start moves in large steps, to keep cached prompts valid.
 */
import { maxPrefixLength, maxSuffixLength } from './protocol';

/** Text around a cursor, in UTF-16 units. */
export interface Window {
  readonly prefix: string;
  readonly suffix: string;
}

/** A document of which only parts are ever read; a string is one. */
export interface TextSource {
  readonly length: number;
  slice(start: number, end: number): string;
}

/**
 * The window starts at multiples of this many units, moved on to the next line start, so that it stays where it is
 * while a person types up to that many characters: a moved start would make the whole prompt new to the model.
 */
const step = 8_192;

/** What the editor's suggest widget has selected is put after the prefix, and must fit as well. */
const maxOwnPrefixLength = maxPrefixLength - 1_024;

/** So much of the rest of the cursor's line is kept. The lines after it do not depend on how much that is. */
const maxRestLength = 2_048;
const maxNextLinesLength = maxSuffixLength - maxRestLength;

/**
 * Reads the text around an offset of a document, no more of it than needed, and cuts it to what a request may carry.
 *
 * The start depends on the offset in large steps only, the end only on the lines after the cursor's. Both are at line
 * ends, unless a single line is longer than the step; then they are between two characters.
 */
export function readWindow(source: TextSource, offset: number): Window {
  const start = offset <= maxOwnPrefixLength ? 0 : Math.ceil((offset - maxOwnPrefixLength) / step) * step;
  const prefix = source.slice(start, offset);
  return {
    prefix: start === 0 ? prefix : prefix.slice(firstLineStart(prefix)),
    suffix: cutSuffix(source.slice(offset, Math.min(source.length, offset + maxSuffixLength + 1))),
  };
}

/** The same for a document that is at hand as two strings. */
export function cutWindow({ prefix, suffix }: Window): Window {
  return {
    prefix: readWindow(prefix, prefix.length).prefix,
    suffix: readWindow(suffix, 0).suffix,
  };
}

function firstLineStart(text: string): number {
  const start = text.indexOf('\n') + 1;
  if (start > 0 && start <= step) return start;
  return isLowSurrogate(text, 0) ? 1 : 0;
}

/** @param suffix at most one unit longer than what is kept, so that a cut pair or line break is seen */
function cutSuffix(suffix: string): string {
  const lineEnd = suffix.indexOf('\n');
  if (lineEnd < 0 || lineEnd >= maxRestLength) return suffix.slice(0, characterEnd(suffix, maxRestLength));
  const nextLines = suffix.slice(lineEnd + 1);
  if (nextLines.length <= maxNextLinesLength) return suffix;
  const lastEnd = nextLines.lastIndexOf('\n', maxNextLinesLength - 1) + 1;
  return suffix.slice(0, lineEnd + 1 + (lastEnd > 0 ? lastEnd : characterEnd(nextLines, maxNextLinesLength)));
}

/** The nearest offset at or before `at` that is not inside a surrogate pair or a CRLF. */
export function characterEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const splitsBreak = text[at] === '\n' && text[at - 1] === '\r';
  return splitsBreak || isLowSurrogate(text, at) ? at - 1 : at;
}

/** Whether the unit at the offset can only be the second half of a character. */
function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}

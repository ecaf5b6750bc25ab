/** Judges by a file's size and bytes what it holds. Used by all that reads files for the index. */
import { headBytes } from '../../common/files/boundedRead';
import type { BoundedRead, Bounds } from '../../common/files/boundedRead';

/** Why a file is not in the index. `fatal`: the process died of it, time and again. */
export type SkipReason = 'binary' | 'minified' | 'huge' | 'secret' | 'fatal';

/** Bytes; what is larger was not written by hand. */
export const maxFileBytes = 2 * 2 ** 20;
/** UTF-16 units: a file of some size whose lines are longer than this on average is output of a tool. */
const maxMeanLineLength = 300;
const smallFile = 4_000;

export type FileContent = { readonly text: string } | { readonly skipped: SkipReason };

/** What alone is read of files that hold nothing to search: of large ones nothing, of binary ones the head. */
export const sourceBounds: Bounds = { most: maxFileBytes, isWanted: (head) => !isBinary(head) };

/** Why a file is skipped of which {@link sourceBounds} let nothing be read. */
export function skipReasonOf(refused: 'notAFile' | 'large' | 'unwanted'): SkipReason {
  return refused === 'large' ? 'huge' : 'binary';
}

/** @param read within {@link sourceBounds} */
export function contentOf(read: BoundedRead): FileContent {
  return 'bytes' in read ? readContent(read.bytes) : { skipped: skipReasonOf(read.refused) };
}

/** Reads UTF-8, and UTF-16 where a byte order mark says so. What is no character becomes U+FFFD. */
export function readContent(bytes: Uint8Array): FileContent {
  if (bytes.length > maxFileBytes) return { skipped: 'huge' };
  if (isBinary(bytes)) return { skipped: 'binary' };
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  return isMinified(text) ? { skipped: 'minified' } : { text };
}

const isBinary = (bytes: Uint8Array): boolean =>
  encodingOf(bytes) === 'utf-8' && bytes.subarray(0, headBytes).includes(0);

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function isMinified(text: string): boolean {
  if (text.length < smallFile) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines > maxMeanLineLength;
}

/**
 * Where the lines of a text from one to another begin and end, counted from 1, both included: UTF-16 offsets, without the
 * last one's break; nothing beyond the end.
 */
export function linesBetween(text: string, from: number, to: number): [start: number, end: number] {
  const start = behindLines(text, 0, from - 1);
  const end = behindLines(text, start, to - from + 1);
  return [start, end > start && text[end - 1] === '\n' ? end - 1 : end];
}

function behindLines(text: string, start: number, count: number): number {
  let at = start;
  for (let left = count; left > 0 && at < text.length; left--) {
    const end = text.indexOf('\n', at);
    at = end < 0 ? text.length : end + 1;
  }
  return at;
}

/** Judges by a file's size and bytes what it holds, and reads it. Used by all that reads files for the index. */
import type { BoundedRead, Bounds } from '../../common/files/boundedRead';
import { decodeText, isBinary } from '../../common/text/encoding/decodeText';
import { detectEncoding } from '../../common/text/encoding/detectEncoding';
import type { EncodingSettings } from '../../common/text/encoding/decodeText';
import { languageOf } from '../../syntax/languages';
import { cutLongLines } from './longLines';
import { notebookText } from './notebook';

/** Why a file is not in the index. `fatal`: the process died of it, time and again. */
export type SkipReason = 'binary' | 'minified' | 'huge' | 'fatal';

/** Bytes; what is larger was not written by hand. */
export const maxFileBytes = 2 * 2 ** 20;

export type FileContent =
  | {
      readonly text: string;
      /** Whether the editor's settings say nothing about how it is read. */
      readonly isUnicode: boolean;
    }
  | { readonly skipped: SkipReason };

/** The same for a notebook, most of which is what its cells have put out. */
const maxNotebookBytes = 16 * 2 ** 20;

/** @param path with `/` between folders */
export const maxBytesOf = (path: string): number => (isNotebook(path) ? maxNotebookBytes : maxFileBytes);

const isNotebook = (path: string): boolean => languageOf(path).id === 'jupyter';

/** What alone is read of files that hold nothing to search: of large ones nothing, of binary ones the head. */
export const sourceBounds = (path: string): Bounds => ({ most: maxBytesOf(path), isWanted: (head) => !isBinary(head) });

/** Why a file is skipped of which {@link sourceBounds} let nothing be read. */
export function skipReasonOf(refused: 'notAFile' | 'large' | 'unwanted'): SkipReason {
  return refused === 'large' ? 'huge' : 'binary';
}

/** @param read within {@link sourceBounds} @param path with `/` between folders */
export function contentOf(read: BoundedRead, path = '', settings?: EncodingSettings): FileContent {
  return 'bytes' in read ? readContent(read.bytes, path, settings) : { skipped: skipReasonOf(read.refused) };
}

/**
 * Reads a file as the editor does, see {@link decodeText}. Lines end with `\n`, and of lines that hold data the end is blank,
 * see {@link cutLongLines}. Of a notebook, the text is that of its cells, see {@link notebookText}.
 *
 * @param path with `/` between folders
 */
export function readContent(bytes: Uint8Array, path = '', settings?: EncodingSettings): FileContent {
  if (bytes.length > maxBytesOf(path)) return { skipped: 'huge' };
  const decoded = decodeText(bytes, settings, detectEncoding);
  if (decoded === undefined) return { skipped: 'binary' };
  const whole = (isNotebook(path) ? notebookText(decoded.text) : undefined) ?? decoded.text;
  const text = cutLongLines(whole);
  return text === undefined ? { skipped: 'minified' } : { text, isUnicode: decoded.isUnicode };
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

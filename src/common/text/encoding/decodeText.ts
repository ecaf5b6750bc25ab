/**
 * Reads bytes of a file as text, in the encoding that the editor would read them in: the one way for the index and for
 * files near by. Reads no files and no settings.
 */
import { isUtf8 } from 'node:buffer';
import { headBytes } from '../../files/boundedRead';
import type { DetectedEncoding } from './detectEncoding';
import { labelOf } from './editorEncodings';

/** What the editor's settings say of the files of a folder. */
export interface FolderEncodings extends EncodingSettings {
  /** `files.encoding` for languages that have one of their own, by the editor's names of languages. */
  readonly byLanguage?: Readonly<Record<string, string>> | undefined;
}

/** What they say of a file. */
export interface EncodingSettings {
  /** `files.encoding`, as the editor names encodings. */
  readonly encoding?: string | undefined;
  /** `files.autoGuessEncoding`: what is found out goes before `encoding`. */
  readonly guess?: boolean | undefined;
}

export interface DecodedText {
  /** Without a byte order mark; lines end with `\n`. */
  readonly text: string;
  /** Whether the bytes alone tell the encoding, whatever the settings say. */
  readonly isUnicode: boolean;
  /** Whether the bytes or the settings tell the encoding: another one may have other letters in some places. */
  readonly isCertain: boolean;
}

/** Less is no pattern. */
const minUtf16Bytes = 8;
/** 0…1: more control characters are no text. */
const maxControlShare = 0.01;

/** Finds out what bytes are in that are not Unicode: `detectEncoding`, which is large, where a program has it. */
export type DetectEncoding = (bytes: Uint8Array) => DetectedEncoding | undefined;

/**
 * @param detect without one, what neither the bytes nor the settings tell is taken for western European, and is not certain
 * @returns undefined where the bytes are no text
 */
export function decodeText(
  bytes: Uint8Array,
  settings: EncodingSettings = {},
  detect?: DetectEncoding,
): DecodedText | undefined {
  if (isBinary(bytes.subarray(0, headBytes))) return undefined;
  const unicode = unicodeOf(bytes) ?? (isUtf8(bytes) ? 'utf-8' : undefined);
  if (unicode !== undefined) return { ...decoded(bytes, unicode, true), isUnicode: true };
  if (hasControls(bytes)) return undefined;
  const usual = settings.encoding === undefined ? undefined : labelOf(settings.encoding);
  const isUsual = usual !== undefined && !usual.startsWith('utf') && isDecodable(bytes, usual);
  if (isUsual && settings.guess !== true) return decoded(bytes, usual, true);
  const found = detect?.(bytes);
  // Latin letters of western Europe are in this one, and every byte is a letter or a sign in it.
  if (found === undefined) return decoded(bytes, isUsual ? usual : 'windows-1252', isUsual);
  return decoded(bytes, found.label, found.isSure);
}

/** Whether what a file begins with is no text. @param head its first {@link headBytes}, or all there is */
export function isBinary(head: Uint8Array): boolean {
  return unicodeOf(head) === undefined && head.includes(0);
}

function decoded(bytes: Uint8Array, label: string, isCertain: boolean): DecodedText {
  return { text: new TextDecoder(label).decode(bytes).replaceAll(/\r\n?/g, '\n'), isUnicode: false, isCertain };
}

/** By a byte order mark; or in UTF-16 without one, where every other byte of ASCII letters is 0. */
function unicodeOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  const zeros = [0, 0];
  if (bytes.length % 2 !== 0 || bytes.length < minUtf16Bytes) return undefined;
  const length = Math.min(bytes.length, headBytes) & ~1;
  for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[at & 1] = (zeros[at & 1] as number) + 1;
  const [even = 0, odd = 0] = zeros;
  // Half of the letters at least are of ASCII; none of them is no letter at all.
  if (even === 0 && odd * 4 > length) return 'utf-16le';
  return odd === 0 && even * 4 > length ? 'utf-16be' : undefined;
}

function isDecodable(bytes: Uint8Array, label: string): boolean {
  try {
    new TextDecoder(label, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Tabs, line breaks, form feeds and escapes stand in texts; other control characters in other data. */
function hasControls(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes)
    if (byte === 0x7f || (byte < 0x20 && byte !== 0x1b && !(byte >= 0x09 && byte <= 0x0d))) controls++;
  return controls > bytes.length * maxControlShare;
}

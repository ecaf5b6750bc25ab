/**
 * Guesses in which encoding of one or two bytes a letter a text is written, by the package chardet and by whether the
 * text makes sense in it; handed to
 * `decodeText.ts` by the processes that read files. Not loaded by the extension host.
 */
import { analyse } from 'chardet';

/** Bytes of words with other letters than those of ASCII that are looked at: more tells no more. */
const sampleSize = 16 * 2 ** 10;

/** WHATWG labels of chardet's names, where they differ by more than case. */
const labels: Readonly<Record<string, string>> = {
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-7': 'windows-1253',
  'ISO-8859-8': 'windows-1255',
  'ISO-8859-9': 'windows-1254',
};

/**
 * Encodings of two bytes a sign, and with which first bytes its common signs begin: punctuation, syllables, and the
 * first level of its standard's ideographs. Where two fit alike, the first one is taken.
 */
const doubleByte: Readonly<Record<string, readonly (readonly [from: number, to: number])[]>> = {
  gb18030: [[0xa1, 0xa3], [0xb0, 0xd7]],
  big5: [[0xa1, 0xc6]],
  shift_jis: [[0x81, 0x83], [0x88, 0x97]],
  'euc-kr': [[0xa1, 0xa3], [0xb0, 0xc8]],
  'euc-jp': [[0xa1, 0xa1], [0xa4, 0xa5], [0xb0, 0xcf]],
}; // prettier-ignore
/** What common signs alone speak for an encoding, on chardet's scale of 0…100. */
const commonSigns = 40;
/** On the same scale, and bytes of words: from here on, double bytes are told from all others. */
const sure = 50;
const minSureBytes = 16;
/** What chardet says of double bytes without knowing their signs. */
const unheard = 5;

/** What bytes are in. */
export interface DetectedEncoding {
  /** WHATWG label. */
  readonly label: string;
  /** Whether it hardly is another one: so many signs of two bytes, most of them common ones, mean nothing in others. */
  readonly isSure: boolean;
}

/** @returns undefined where the bytes make sense in no encoding */
export function detectEncoding(bytes: Uint8Array): DetectedEncoding | undefined {
  const sample = wordsBeyondAscii(bytes);
  const confidences = new Map(Object.keys(doubleByte).map((label) => [label, unheard]));
  for (const { name, confidence } of [...analyse(sample), ...analyse(bytes.subarray(0, sampleSize))]) {
    const label = labels[name] ?? name.toLowerCase();
    if (isOfLetters(label)) confidences.set(label, Math.max(confidence, confidences.get(label) ?? 0));
  }
  let best: { readonly label: string; readonly confidence: number } | undefined;
  for (const [label, heard] of confidences) {
    const confidence = senseOf(sample, label) * (heard + commonSigns * shareOfCommonSigns(sample, label));
    if (confidence > (best?.confidence ?? 0)) best = { label, confidence };
  }
  if (best === undefined) return undefined;
  const { label, confidence } = best;
  return { label, isSure: label in doubleByte && confidence >= sure && sample.length >= minSureBytes };
}

/** Not those of Unicode and ASCII, which are told otherwise, and not those that switch by escapes. */
const isOfLetters = (label: string): boolean => /^(?:windows|iso-8859|koi8|gb18030|big5|euc|shift)/.test(label);

/** Words that hold a byte beyond ASCII: the rest of a program is ASCII and looks like English to any detector. */
function wordsBeyondAscii(bytes: Uint8Array): Uint8Array {
  const words = new Uint8Array(sampleSize);
  let length = 0;
  for (let start = 0; start < bytes.length; start++) {
    let end = start;
    let beyond = false;
    for (; end < bytes.length && (bytes[end] as number) > 0x20; end++) beyond ||= (bytes[end] as number) >= 0x80;
    if (beyond) {
      if (length + end - start + 1 > sampleSize) break;
      words.set(bytes.subarray(start, end), length);
      length += end - start;
      words[length++] = 0x20;
    }
    start = end;
  }
  return words.subarray(0, length);
}

const scripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Thai}/u,
  /[\p{Script=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u,
];
const wordBeyondAscii = /[\p{L}\p{M}\x80-\u{10ffff}]*[^\x00-\x7f\s][\p{L}\p{M}\x80-\u{10ffff}]*/gu;
/** Control characters, private use, and signs of money, fractions and the like within a word. */
const senseless = /[\x80-\x9f\p{Co}\p{Cn}\ufffd]|\p{L}[¡-©«-´¶-¹»-¿×÷]|[¡-©«-´¶-¹»-¿×÷]\p{L}/u;

/** 0…1: how many of the words make sense: a word is of one script, and has no signs in it. */
function senseOf(sample: Uint8Array, label: string): number {
  let text: string;
  try {
    text = new TextDecoder(label, { fatal: true }).decode(sample);
  } catch {
    return 0;
  }
  const words = text.match(wordBeyondAscii) ?? [];
  const good = words.filter(
    (word) => !senseless.test(word) && scripts.filter((script) => script.test(word)).length <= 1,
  );
  return words.length === 0 ? 0 : good.length / words.length;
}

/** 0…1: how many signs are common ones, squared; 0 for encodings of one byte a letter. */
function shareOfCommonSigns(sample: Uint8Array, label: string): number {
  const ranges = doubleByte[label];
  if (ranges === undefined) return 0;
  let [signs, common, kana] = [0, 0, 0];
  for (let at = 0; at < sample.length; at++) {
    const byte = sample[at] as number;
    if (byte < 0x80) continue;
    signs++;
    if (ranges.some(([from, to]) => byte >= from && byte <= to)) common++;
    if (byte === 0xa4 || byte === 0xa5) kana++;
    // A syllable of half width is one byte.
    if (label !== 'shift_jis' || byte < 0xa1 || byte > 0xdf) at++;
  }
  if (signs === 0) return 0;
  // Korean has the first bytes that common Chinese has too, but no others; Japanese is hardly ever without syllables.
  if (label === 'euc-kr' && common === signs && signs > 3) return 1.2;
  if (label === 'euc-jp' && kana === 0) return 0.8 * (common / signs) ** 2;
  return (common / signs) ** 2;
}

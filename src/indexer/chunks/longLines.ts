/**
 * Leaves out of a text what lines hold that no person has written: pictures as letters, output of tools. Used by
 * `content.ts`; must not change where anything else stands.
 */

/** UTF-16 units: a longer line holds data, or is prose. */
const maxLineLength = 1_000;
/** What of a line of data stays: the name that it is given, as a rule. */
const keptOfLine = 200;
/** A file of some size whose lines are longer than this, half of them, is output of a tool. */
const maxUsualLineLength = 300;
const smallFile = 4_000;
/** UTF-16 units that a file has to hold beside comments and long lines of data, or it is output of a tool. */
const minTextLength = 200;

/**
 * The text with blanks in place of data: every character that stays keeps its place.
 *
 * @param text its lines end with `\n`
 * @returns undefined where little but data would be left
 */
export function cutLongLines(text: string): string | undefined {
  if (text.length < smallFile) return text;
  const lines = text.split('\n');
  const code = lines.filter((line) => line.trim() !== '' && !commentLine.test(line) && !isProse(line));
  const lengths = code.map(({ length }) => length).sort((a, b) => a - b);
  const isLong = (lengths[lengths.length >> 1] ?? 0) > maxUsualLineLength;
  const isCut = code.some((line) => line.length > maxLineLength);
  if (!isLong && !isCut) return text;
  const left = lines.reduce((sum, line) => sum + (commentLine.test(line) || isData(line) ? 0 : line.trim().length), 0);
  if (left < minTextLength || (isLong && !lines.some(isProse))) return undefined;
  return lines.map((line) => (isData(line) ? line.slice(0, keptOfLine).padEnd(line.length) : line)).join('\n');
}

const commentLine = /^\s*(?:\/\/|\/\*|\*|#|<!--|--|;)/;

const isData = (line: string): boolean => line.length > maxLineLength && !isProse(line);

/** UTF-16 units of the longest line that is looked at as a whole. */
const looked = 20_000;
/** 0…1: what of prose is letters and blanks. */
const minLetterShare = 0.8;
/** UTF-16 units of a word of prose, on average, where there are blanks between them. */
const maxMeanWordLength = 15;
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** Whether a long line is a paragraph. */
function isProse(line: string): boolean {
  if (line.length <= maxUsualLineLength) return false;
  const part = line.slice(0, looked);
  const letters = part.match(/[\p{L}\p{M}\s]/gu)?.length ?? 0;
  if (letters < part.length * minLetterShare) return false;
  const signs = part.match(unspaced)?.length ?? 0;
  const words = part.match(/\S+/g)?.length ?? 1;
  return (part.length - signs) / (words + signs) <= maxMeanWordLength;
}

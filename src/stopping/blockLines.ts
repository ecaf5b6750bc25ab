/**
 * What single lines say of blocks: whether one opens a block, how far it is indented, and whether the body of a block is
 * still to be written. Used by the stop rules and by `completion/emptyBodies.ts`; knows no syntax tree.
 */
import type { CursorText } from '../common/text/cursor';
import type { Language } from '../syntax/languages';

const tabWidth = 4;
/** Behind the cursor, brackets and punctuation that an editor closed by itself leave room for several lines. */
const onlyClosers = /^[\s)\]}>;,"'`]*$/;

/** @param line without its break */
export function opensBlock(line: string, { blocks, comments }: Language): boolean {
  const marks = comments.lines.map((mark) => line.lastIndexOf(` ${mark}`)).filter((at) => at >= 0);
  return blocks.opens.test(line.slice(0, Math.min(line.length, ...marks)).trim());
}

/** Columns that a line is indented by. */
export function widthOf(line: string): number {
  let width = 0;
  for (const character of line) {
    if (character === '\t') width = (Math.floor(width / tabWidth) + 1) * tabWidth;
    else if (character === ' ') width++;
    else break;
  }
  return width;
}

/** Whether what stands right of the cursor leaves room for several lines. */
export const leavesRoom = (rest: string): boolean => onlyClosers.test(rest);

/** Whether the first line with content is indented deeper than a line: then that one's block has its body already. */
export function hasBodyBelow(line: string, nextLines: string): boolean {
  const next = /^[ \t]*\S.*$/m.exec(nextLines)?.[0];
  return next !== undefined && widthOf(next) > widthOf(line);
}

/**
 * Whether the cursor stands in a body with nothing in it, as far as lines tell: below the line that opens the block, or
 * right behind its bracket.
 */
export function looksEmpty({ prefix, rest, nextLines }: CursorText, language: Language): boolean {
  if (!leavesRoom(rest)) return false;
  const lines = prefix.slice(0, prefix.lastIndexOf('\n') + 1).trimEnd();
  const own = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const opener = own.trim() === '' ? lines.slice(lines.lastIndexOf('\n') + 1) : own;
  return opensBlock(opener, language) && !hasBodyBelow(opener, nextLines);
}

/** Whether brackets of blocks stand on lines of their own in a text (the style of BSD and Allman). */
export const hasBracketsAlone = (text: string): boolean => /^[ \t]*\{[ \t]*$/m.test(text);

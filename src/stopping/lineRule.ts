/**
 * Stop rule for completions of one line, by line break, statement end or a bracket already behind the cursor; chosen
 * by `createStopRule.ts`, its trimming reused by `blockRule.ts`.
 */
import { isCloser, Scanner } from '../syntax/scanner';
import type { CursorLine, StopRule, StopVerdict } from './stopRule';

/** Blank lines that a completion on a blank line may begin with. */
const maxLeadingBreaks = 2;

/**
 * One line: ends before the first line break behind something that is not blank, at the end of a statement, or before
 * a closing bracket that stands behind the cursor already. A completion that begins with a line break is proposed
 * only on a blank line: elsewhere it says that the line is complete as it is.
 */
export function createLineRule(cursorLine: CursorLine): StopRule {
  const start = new Scanner(cursorLine.language).feedAll(cursorLine.prefix);
  const onBlankLine = cursorLine.prefix.trim() === '' && cursorLine.rest.trim() === '';

  const check = (text: string): StopVerdict => {
    const first = text.search(/\S/);
    const breaks = countBreaks(first < 0 ? text : text.slice(0, first));
    if (breaks > (onBlankLine ? maxLeadingBreaks : 0)) return { settled: 0, end: 0 };
    if (first < 0) return { settled: 0 };

    const lineBreak = text.indexOf('\n', first);
    const line = lineBreak < 0 ? text : text.slice(0, lineBreak);
    const end = findEndInLine(cursorLine, start.copy(), line);
    if (end !== undefined) return { settled: end, end };
    const settled = line.trimEnd().length;
    return lineBreak < 0 ? { settled } : { settled, end: settled };
  };
  return { check, finish: (text) => proposedLength(text, cursorLine.rest) };
}

/** How much of a whole text is proposed: blanks at its end only where they part it from what follows. */
export function proposedLength(text: string, rest: string): number {
  const written = text.trimEnd().length;
  return written === 0 || rest.trim() === '' ? written : text.length;
}

/** The end of the statement, or the place of a bracket that is there already. @param scanner stands at the cursor */
function findEndInLine({ prefix, rest, language }: CursorLine, scanner: Scanner, line: string): number | undefined {
  const next = rest.trimStart().charAt(0);
  // Brackets that stood open before the cursor; the text may close them, and then own none of those that follow.
  let inherited = scanner.open.length;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    const opener = scanner.open.at(-1);
    const ownBrackets = scanner.open.length > inherited;
    if (!scanner.feed(character)) continue;
    if (isCloser(character) && !ownBrackets && character === next) return at;
    if (
      character === language.terminator &&
      !(language.markup && isEntity(prefix + line.slice(0, at))) &&
      !ownBrackets &&
      opener !== '(' &&
      opener !== '['
    )
      return at + 1;
    inherited = Math.min(inherited, scanner.open.length);
  }
  return undefined;
}

/** Whether a text ends in a character reference of HTML but for its semicolon, which ends no statement: `&amp`, `&#39`. */
const isEntity = (text: string): boolean =>
  /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31})$/.test(text.slice(-34));

const countBreaks = (text: string): number => text.split('\n').length - 1;

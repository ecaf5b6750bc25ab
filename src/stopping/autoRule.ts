/**
 * Stop rule for completions as long as the place wants them: a line, and where that opens a block or the cursor stands in
 * an empty body, the block. Chosen by `createStopRule.ts`; puts the line rule and the block rule together.
 */
import { Scanner } from '../syntax/scanner';
import { hasBodyBelow, hasBracketsAlone, opensBlock } from './blockLines';
import { createBlockRule } from './blockRule';
import { createLineRule } from './lineRule';
import type { CursorLine, StopRule } from './stopRule';

/** What is known of the place beside its line. */
export interface Surroundings {
  /** The text before the cursor. */
  readonly before: string;
  readonly nextLines: string;
  readonly inEmptyBody: boolean;
}

/**
 * One line inside code. Where the line, as completed, opens a block that has no body below yet, goes on to the end of the
 * block; in an empty body too. Lines of decorators are completed each for itself.
 */
export function createAutoRule(cursorLine: CursorLine, { before, nextLines, inEmptyBody }: Surroundings): StopRule {
  const [line, block] = [createLineRule(cursorLine), createBlockRule(cursorLine)];
  const bracketsAlone = hasBracketsAlone(before + nextLines);

  // A string may have begun many lines above. Asked for the few lines that look as if they opened something.
  const isCode = (written: string): boolean => {
    const scanner = new Scanner(cursorLine.language).feedAll(before + written);
    return scanner.quote === '' && !scanner.isInComment;
  };

  /** Whether a block follows the line that ends there; undefined while the text does not tell yet. */
  const goesOn = (text: string, end: number): boolean | undefined => {
    if (inEmptyBody) return true;
    const whole = cursorLine.prefix + text.slice(0, end);
    const rest = text.slice(end);
    if (hasBodyBelow(whole, nextLines) || !/^[ \t]*\n/.test(rest)) return false;
    if (opensBlock(whole, cursorLine.language)) return isCode(text.slice(0, end));
    if (!bracketsAlone || !whole.trimEnd().endsWith(')')) return false;
    const content = rest.trimStart();
    return content === '' ? undefined : content.startsWith('{');
  };

  return {
    check: (text) => {
      const first = line.check(text);
      const end = first.end ?? (inEmptyBody ? first.settled : undefined);
      if (end === undefined) return first;
      const follows = goesOn(text, end);
      if (follows === false) return first;
      const whole = follows === undefined ? { settled: end } : block.check(text);
      return { settled: Math.min(end, whole.settled), ...(whole.end !== undefined && { end: whole.end }) };
    },
    finish: (text, ending) => {
      const end = line.check(text).end;
      const isBlock = ending === 'complete' && (inEmptyBody || (end !== undefined && goesOn(text, end) === true));
      if (isBlock) return block.finish(text, ending);
      return end ?? line.finish(text, ending);
    },
    firstLine: (text) => line.check(text).end,
  };
}

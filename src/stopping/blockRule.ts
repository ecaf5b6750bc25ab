/**
 * Stop rule for completions of several lines, by opened blocks, indentation, strings and blank lines; chosen by
 * `createStopRule.ts`.
 */
import { opensBlock, widthOf } from './blockLines';
import { proposedLength } from './lineRule';
import { closesBlock } from '../syntax/languages';
import { Scanner } from '../syntax/scanner';
import type { Ending, CursorLine, StopRule, StopVerdict } from './stopRule';

/** Lines of a completion at most: users do not read longer ones. */
const maxLines = 16;
/** Blank lines that a completion may begin with. */
const maxLeadingBlankLines = 2;

/**
 * Several lines: where the cursor's line, as completed, opens a block or a string over several lines, ends with that;
 * elsewhere ends before the first blank line or the first line that is indented less. Lines of a string count as they
 * are. Always ends behind two blank lines in a row or after {@link maxLines} lines.
 */
export function createBlockRule(cursorLine: CursorLine): StopRule {
  const start = new Scanner(cursorLine.language).feedAll(cursorLine.prefix);
  return {
    check: (text) => new BlockWalk(cursorLine, start.copy(), text).verdict,
    finish: (text, ending) => finish(cursorLine, text, ending),
  };
}

/** A text that was cut off loses its unfinished line, unless there is nothing above that. */
function finish(cursorLine: CursorLine, text: string, ending: Ending): number {
  const whole = proposedLength(text, cursorLine.rest);
  if (ending === 'complete') return whole;
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).trimEnd().length;
  return lines > 0 ? lines : whole;
}

class BlockWalk {
  readonly verdict: StopVerdict;
  /** Columns that the cursor's line is indented by, or the first line with content where that one is blank. */
  #base: number;
  /** End of the last line that belongs to the completion. */
  #accepted = 0;
  #opened = false;
  #blanks = 0;
  #lines = 0;
  /** Stands at the start of the line that is looked at. */
  readonly #scanner: Scanner;

  constructor(
    private readonly cursorLine: CursorLine,
    scanner: Scanner,
    text: string,
  ) {
    this.#base = widthOf(cursorLine.prefix);
    this.#scanner = scanner;
    this.verdict = this.#walk(text);
  }

  #walk(text: string): StopVerdict {
    for (let start = 0; ;) {
      const lineBreak = text.indexOf('\n', start);
      const complete = lineBreak >= 0;
      const line = text.slice(start, complete ? lineBreak : undefined);
      const inString = start > 0 && this.#scanner.quote !== '';
      this.#scanner.feedAll(complete ? `${line}\n` : line);
      const outcome =
        start === 0 ? this.#first(line, complete) : inString ? this.#ofString() : this.#next(line, complete);
      if (outcome === 'pending') return { settled: this.#accepted };
      if (outcome === 'outside') return { settled: this.#accepted, end: this.#accepted };
      const closer = outcome === 'last' ? closerBehind(this.cursorLine.rest, line) : undefined;
      if (closer !== undefined) return { settled: start + closer, end: start + closer };

      // An unfinished line is given up when the text is cut off, so it is not settled; the cursor's own line always is.
      if (!complete && start > 0) return { settled: this.#accepted };
      if (line.trim() !== '') this.#accepted = start + line.trimEnd().length;
      if (!complete) return { settled: this.#accepted };
      if (outcome === 'last') return { settled: this.#accepted, end: this.#accepted };
      start = lineBreak + 1;
    }
  }

  /** The remainder of the cursor's line. */
  #first(line: string, complete: boolean): Outcome {
    const whole = this.cursorLine.prefix + line;
    this.#opened = complete && opensBlock(whole, this.cursorLine.language);
    if (whole.trim() === '') {
      this.#blanks++;
    } else {
      this.#base = widthOf(whole);
      this.#lines++;
    }
    return 'inside';
  }

  #next(line: string, complete: boolean): Outcome {
    const content = line.trimStart();
    if (content === '') return complete ? this.#blank() : 'pending';
    if (this.#lines >= maxLines) return 'outside';

    const width = widthOf(line);
    if (width < this.#base) return 'outside';
    if (this.#lines === 0) {
      this.#base = width;
      this.#opened = complete && opensBlock(line, this.cursorLine.language);
      this.#count();
      return 'inside';
    }
    // The bracket of a block may stand on a line of its own.
    if (this.#lines === 1 && !this.#opened && width === this.#base && content.trimEnd() === '{') {
      this.#opened = complete;
      this.#count();
      return complete ? 'inside' : 'pending';
    }
    if (this.#opened && width === this.#base) {
      if (closesBlock(content, this.cursorLine.language)) {
        this.#count();
        return complete && opensBlock(line, this.cursorLine.language) ? 'inside' : 'last';
      }
      if (!complete && /^[a-z]*$/.test(content)) return 'pending';
      if (!this.cursorLine.language.blocks.continues.test(content)) return 'outside';
    }
    this.#count();
    return 'inside';
  }

  /** A line that begins in a string. With the string that the cursor's line opens, the completion ends. */
  #ofString(): Outcome {
    if (this.#lines >= maxLines) return 'outside';
    this.#count();
    return this.#scanner.quote === '' && !this.#opened ? 'last' : 'inside';
  }

  #blank(): Outcome {
    this.#blanks++;
    if (this.#lines === 0) return this.#blanks > maxLeadingBlankLines ? 'outside' : 'inside';
    return this.#blanks > 1 || !this.#opened ? 'outside' : 'inside';
  }

  #count(): void {
    this.#lines++;
    this.#blanks = 0;
  }
}

/** What a line is to the completion; `pending` until more of it is written. */
type Outcome = 'inside' | 'last' | 'outside' | 'pending';

/** Where a line closes the block with the bracket that stands behind the cursor already. */
function closerBehind(rest: string, line: string): number | undefined {
  const next = rest.trimStart().charAt(0);
  return next !== '' && line.trimStart().startsWith(next) ? line.indexOf(next) : undefined;
}

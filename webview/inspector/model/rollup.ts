/**
 * Groups tokens into symbols or lines and spreads weights over the groups. Used by `focus.ts`, `sentences.ts`, the
 * toolbar and the code and detail views; pure functions.
 */
import type { CapturedSequence } from '../../../src/features/inspector/messages';

/** What is counted as one: a token, a symbol (the tokens of one identifier) or a line. */
export const rollups = ['token', 'symbol', 'line'] as const;
export type Rollup = (typeof rollups)[number];

/** Tokens in groups that follow each other without gaps. */
export interface Units {
  /** For each token, the index of its unit. */
  readonly unitOf: Uint32Array;
  /** For each unit, its first token; after the last, the number of tokens. */
  readonly starts: Uint32Array;
}

export function unitsOf({ text, ranges }: Pick<CapturedSequence, 'text' | 'ranges'>, rollup: Rollup): Units {
  const tokens = ranges.length / 2;
  const unitOf = new Uint32Array(tokens);
  const starts: number[] = [];
  for (let token = 0; token < tokens; token++) {
    if (token === 0 || !joins(text, ranges, token, rollup)) starts.push(token);
    unitOf[token] = starts.length - 1;
  }
  return { unitOf, starts: Uint32Array.from([...starts, tokens]) };
}

/** Whether a token belongs to the unit of the one before it. */
function joins(text: string, ranges: Uint32Array, token: number, rollup: Rollup): boolean {
  if (rollup === 'token') return false;
  const previousStart = ranges[2 * token - 2] as number;
  const previousEnd = ranges[2 * token - 1] as number;
  const start = ranges[2 * token] as number;
  const end = ranges[2 * token + 1] as number;
  // A token that stands for no text belongs to nothing.
  if (previousEnd === previousStart || end === start) return false;
  if (start === previousStart && end === previousEnd) return true;
  // Between tokens, there may be text that the model does not read.
  if (rollup === 'line') return !text.slice(previousStart, Math.max(previousEnd, start)).includes('\n');
  return (
    previousEnd === start &&
    /[\p{L}\p{N}_$]$/u.test(text.slice(previousStart, previousEnd)) &&
    /^[\p{L}\p{N}_$]/u.test(text.slice(start, end))
  );
}

/** The tokens [from, to) of the unit that a token belongs to. */
export function unitSpan({ unitOf, starts }: Units, token: number): { from: number; to: number } {
  const unit = unitOf[token] ?? 0;
  return { from: starts[unit] ?? token, to: starts[unit + 1] ?? token + 1 };
}

/**
 * Spreads weights evenly within each unit: what a unit is given in all is what its tokens are given.
 *
 * @param how `sum` for weights of the tokens that are read, `mean` for those of the tokens that read
 */
export function rollUp(values: Float32Array, { starts }: Units, how: 'sum' | 'mean'): Float32Array {
  const rolled = new Float32Array(values.length);
  for (let unit = 0; unit + 1 < starts.length; unit++) {
    const from = starts[unit] as number;
    const to = starts[unit + 1] as number;
    let sum = 0;
    for (let token = from; token < to; token++) sum += values[token] ?? 0;
    rolled.fill(how === 'sum' ? sum : sum / (to - from), from, to);
  }
  return rolled;
}

/** The text of a unit's tokens; '' for tokens that stand for none. */
export function textOf({ text, ranges }: Pick<CapturedSequence, 'text' | 'ranges'>, from: number, to: number): string {
  return to > from ? text.slice(ranges[2 * from], ranges[2 * to - 1]) : '';
}

/** For each token, the number of the line in its file that it begins on; 0 where it is in none. @param firstLines for each segment */
export function fileLinesOf(
  { text, ranges, segments }: Pick<CapturedSequence, 'text' | 'ranges' | 'segments'>,
  firstLines: readonly number[],
): Uint32Array {
  const lines = new Uint32Array(ranges.length / 2);
  segments.forEach(({ from, to, start }, index) => {
    let line = firstLines[index] ?? 0;
    if (line === 0) return;
    let passed = start;
    for (let token = from; token < to; token++) {
      for (const begin = ranges[2 * token] as number; passed < begin; passed++)
        if (text.charCodeAt(passed) === 10) line++;
      lines[token] = line;
    }
  });
  return lines;
}

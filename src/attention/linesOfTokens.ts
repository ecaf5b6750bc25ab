/**
 * Groups the tokens of a captured sequence by line of text and adds up their weights; used by `provenance.ts` and the
 * `attend` command.
 */
import type { CapturedSequence, TokenSpan } from '../ipc/engine/messages/attention';

/** A line of a sequence's text with its tokens. */
export interface TextLine extends TokenSpan {
  /** Its place in the text, its line break included. */
  readonly start: number;
  readonly end: number;
}

/**
 * The lines of a sequence's text that have tokens, in order. A token belongs to the line that it begins in; special
 * tokens, which have no text, belong to none, and what a model reads from several places never shares a line.
 */
export function linesOf({
  text,
  ranges,
  segments,
}: Pick<CapturedSequence, 'text' | 'ranges' | 'segments'>): TextLine[] {
  const lines: { from: number; to: number; start: number; end: number }[] = [];
  for (const segment of segments) {
    if (segment.kind === 'special') continue;
    let line: { from: number; to: number; start: number; end: number } | undefined;
    for (let token = segment.from; token < segment.to; token++) {
      const start = ranges[2 * token] as number;
      if (line && start < line.end) {
        line.to = token + 1;
        continue;
      }
      const next = text.indexOf('\n', start);
      const begin: number = line?.end ?? segment.start;
      line = {
        from: token,
        to: token + 1,
        start: begin,
        end: next < 0 ? segment.end : Math.min(next + 1, segment.end),
      };
      lines.push(line);
    }
  }
  return lines;
}

/** Sums of weights over spans of tokens: lines, symbols, files. */
export function rollUp(weights: ArrayLike<number>, spans: readonly TokenSpan[]): Float32Array {
  return Float32Array.from(spans, ({ from, to }) => {
    let sum = 0;
    for (let token = from; token < Math.min(to, weights.length); token++) sum += weights[token] as number;
    return sum;
  });
}

/** The fewest lines that hold a share of all weights, heaviest first. */
export function heaviest(weights: ArrayLike<number>, share: number): number[] {
  const order = Array.from(weights, (weight, at) => ({ weight, at }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.at - b.at);
  const wanted = share * order.reduce((sum, { weight }) => sum + weight, 0);
  const found: number[] = [];
  for (let held = 0, next = 0; next < order.length && held < wanted; next++) {
    const { weight, at } = order[next] as { weight: number; at: number };
    found.push(at);
    held += weight;
  }
  return found;
}

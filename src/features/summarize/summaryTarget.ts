/**
 * Decides what a selection means: a symbol, lines, or the whole file. Used by the summarizer and, for its types, by
 * `writing.ts`, `pieces.ts` and `summary.ts`.
 */
import { startOfLine } from '../../syntax/documentation';
import type { Range } from '../../syntax/documentation';
import type { CodeSymbol } from '../../syntax/symbols';

/** What a summary is about. UTF-16 units, end exclusive. */
export interface SummaryTarget extends Range {
  readonly kind: 'symbol' | 'lines' | 'file';
  /** The symbol where it is one as a whole. */
  readonly symbol: CodeSymbol | undefined;
}

/**
 * What a person means by a selection: with the cursor alone the symbol that it stands in, with a symbol's name or all of
 * its text selected that symbol, else the lines that are touched; so no token is ever cut. Where nothing else is meant,
 * the file. Undefined where there is nothing but blanks.
 *
 * @param isLines whether lines are known to be meant, even if they turn out to be all there are
 */
export function subjectOf(
  text: string,
  symbols: readonly CodeSymbol[],
  selection: Range,
  isLines = false,
): SummaryTarget | undefined {
  const whole = trimmed(text, { start: 0, end: text.length });
  if (whole.end <= whole.start) return undefined;
  const file: SummaryTarget = { ...whole, start: startOfLine(text, whole.start), kind: 'file', symbol: undefined };
  const inner = trimmed(text, selection);
  if (inner.end <= inner.start) {
    const symbol = selection.end > selection.start ? undefined : innermost(text, symbols, selection.start);
    if (selection.end > selection.start) return undefined;
    return symbol === undefined ? file : ofSymbol(symbol);
  }
  if (!isLines && inner.start <= whole.start && inner.end >= whole.end && symbols.length !== 1) return file;
  const symbol = symbols.find((one) => isMeant(text, one, inner));
  if (symbol !== undefined) return ofSymbol(symbol);
  return { start: startOfLine(text, inner.start), end: endOfLine(text, inner.end), kind: 'lines', symbol: undefined };
}

const ofSymbol = (symbol: CodeSymbol): SummaryTarget => ({
  start: symbol.start,
  end: symbol.end,
  kind: 'symbol',
  symbol,
});

/** The last of the symbols that begin before an offset and end behind it, documentation and whole lines included. */
function innermost(text: string, symbols: readonly CodeSymbol[], offset: number): CodeSymbol | undefined {
  return symbols.findLast((one) => startWithDocumentation(text, one) <= offset && offset <= endOfLine(text, one.end));
}

function startWithDocumentation(text: string, { start, documentation }: CodeSymbol): number {
  return startOfLine(text, Math.min(start, documentation?.start ?? start));
}

function isMeant(text: string, symbol: CodeSymbol, { start, end }: Range): boolean {
  const { nameRange } = symbol;
  if (nameRange && start >= nameRange.start && end <= nameRange.end) return true;
  const own = trimmed(text, symbol);
  const first = Math.min(own.start, symbol.documentation?.start ?? own.start);
  const covers = start <= own.start && end >= own.end;
  return covers && start >= first && text.slice(own.end, end).replaceAll(/[;,\s]/g, '') === '';
}

function trimmed(text: string, { start, end }: Range): Range {
  const inner = text.slice(start, end);
  const from = start + inner.length - inner.trimStart().length;
  return { start: from, end: Math.max(from, start + inner.trimEnd().length) };
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

/** Code cut by its syntax into pieces that a model can read at once. Pure text; nothing is asked here. */
import { startOfLine } from '../../syntax/documentation';
import type { Range } from '../../syntax/documentation';
import type { CodeSymbol } from '../../syntax/symbols';
import { ExcerptBuilder, lineBreaksIn } from './excerpt';
import type { Excerpt, Lines } from './excerpt';
import type { SummaryTarget } from './summaryTarget';

/** A part of a file: a symbol, or the whole of what was asked for. */
export interface CodePiece extends Range {
  readonly name: string | undefined;
  readonly symbol: CodeSymbol | undefined;
  readonly children: readonly CodePiece[];
}

/** The piece that a subject is, with the symbols inside of it nested. */
export function pieceOf(subject: SummaryTarget, symbols: readonly CodeSymbol[]): CodePiece {
  const inside = symbols.filter(
    (one) => one !== subject.symbol && one.start >= subject.start && one.end <= subject.end,
  );
  return {
    start: subject.start,
    end: subject.end,
    name: subject.symbol?.name,
    symbol: subject.symbol,
    children: nested(inside),
  };
}

/** @param symbols sorted by their start, the longer first */
function nested(symbols: readonly CodeSymbol[]): CodePiece[] {
  const pieces: CodePiece[] = [];
  for (let index = 0; index < symbols.length;) {
    const symbol = symbols[index] as CodeSymbol;
    let next = index + 1;
    while (next < symbols.length && (symbols[next] as CodeSymbol).start < symbol.end) next++;
    const inside = symbols
      .slice(index + 1, next)
      .filter(({ start, end }) => start >= symbol.start && end <= symbol.end);
    pieces.push({ start: symbol.start, end: symbol.end, name: symbol.name, symbol, children: nested(inside) });
    index = next;
  }
  return pieces;
}

/**
 * A piece's code as a model reads it: without its own documentation, and with each of `replaced` pieces as its first line
 * and what it does.
 */
export function codeOf(
  text: string,
  piece: CodePiece,
  replaced: ReadonlyMap<CodePiece, string>,
  comment: string,
): Excerpt {
  const cuts: { start: number; end: number; text: string }[] = [...replaced].map(([child, sentence]) => {
    const head = headOf(text, child);
    const mark = sentence === '' ? '' : `  ${comment} ${sentence}`;
    return { start: child.start, end: child.end, text: `${head}${mark}` };
  });
  const own = piece.symbol?.documentation;
  if (own && own.start >= piece.start && own.end <= piece.end) cuts.push({ ...wholeLines(text, own, piece), text: '' });
  const code = new ExcerptBuilder();
  let at = piece.start;
  let line = lineBreaksIn(text.slice(0, at));
  const pass = (end: number): Lines => {
    const first = line;
    line += lineBreaksIn(text.slice(at, end));
    at = end;
    return { first, last: line };
  };
  const copy = (end: number): void => {
    const own = text.slice(at, end);
    const { first } = pass(end);
    code.add(withUnixLineEnds(own), (index) => ({ first: first + index, last: first + index }));
  };
  for (const cut of cuts.sort((a, b) => a.start - b.start)) {
    if (cut.start < at) continue;
    copy(cut.start);
    const lines = pass(cut.end);
    code.add(withUnixLineEnds(cut.text), () => lines);
  }
  copy(piece.end);
  return code.build();
}

const withUnixLineEnds = (text: string): string => text.replaceAll('\r\n', '\n');

/** The first line of a piece that says what it is, indented as it stands: decorators and attributes say nothing of that. */
function headOf(text: string, piece: CodePiece): string {
  const from = startOfLine(text, piece.symbol?.nameRange?.start ?? piece.start);
  const start = Math.max(from, piece.start);
  const end = text.slice(start, piece.end).search(/\r?\n|$/);
  return text.slice(start, start + end).trimEnd();
}

function wholeLines(text: string, { start, end }: Range, within: Range): Range {
  const lineStart = startOfLine(text, start);
  const lineEnd = text.indexOf('\n', end);
  const alone = text.slice(lineStart, start).trim() === '' && lineEnd >= 0 && text.slice(end, lineEnd).trim() === '';
  return alone && lineStart >= within.start && lineEnd + 1 <= within.end
    ? { start: lineStart, end: lineEnd + 1 }
    : { start, end };
}

/**
 * The parts of a text of at most `limit` UTF-16 units each, cut in front of the least indented lines, so that what
 * belongs together stays together; a longer line is cut where it has to be. Parts of blanks alone are left out.
 */
export function chunksOf(text: string, limit: number): Range[] {
  const chunks: Range[] = [];
  let lines: string[] = [];
  let size = 0;
  let start = 0;
  const flush = (count: number): void => {
    const end = start + lines.slice(0, count).reduce((sum, line) => sum + line.length, 0);
    if (text.slice(start, end).trim() !== '') chunks.push({ start, end });
    start = end;
    lines = lines.slice(count);
    size = lines.reduce((sum, line) => sum + line.length, 0);
  };
  for (const line of linesOf(text, limit)) {
    while (lines.length > 0 && size + line.length > limit) flush(bestCut(lines));
    lines.push(line);
    size += line.length;
  }
  if (lines.length > 0) flush(lines.length);
  return chunks;
}

/** In front of which line to cut: of the second half, the least indented, and of those the last. */
function bestCut(lines: readonly string[]): number {
  let best = lines.length;
  let least = Infinity;
  for (let index = Math.max(1, Math.floor(lines.length / 2)); index < lines.length; index++) {
    const line = lines[index] ?? '';
    const depth = line.trim() === '' || /^\s*[)\]}]/.test(line) ? Infinity : (/^\s*/.exec(line)?.[0].length ?? 0);
    if (depth <= least) [best, least] = [index, depth];
  }
  return least === Infinity ? lines.length : best;
}

function* linesOf(text: string, limit: number): Generator<string> {
  for (let start = 0; start < text.length;) {
    const lineBreak = text.indexOf('\n', start);
    const end = Math.min(lineBreak < 0 ? text.length : lineBreak + 1, start + limit);
    yield text.slice(start, end);
    start = end;
  }
}

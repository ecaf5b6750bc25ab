/**
 * Cuts text into chunks along an outline, within a size limit; used by `chunker.ts`. The chunks of a file cover it
 * without gaps or overlaps.
 */
import type { OutlineNode } from '../../syntax/outline';
import type { SymbolKind } from '../../syntax/symbolKinds';

/** A piece of a file. The chunks of a file follow each other without a gap and without an overlap. */
export interface Chunk {
  /** UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The definitions that it stands in, outermost first. */
  readonly symbols: readonly string[];
  /** Whether the innermost of them begins here; otherwise this is a further part of it, or code between definitions. */
  readonly defines: boolean;
  /** What the innermost of them is; undefined outside of all. */
  readonly symbolKind?: SymbolKind | undefined;
}

/** UTF-16 units of the longest chunk: some 400 tokens of code, what an encoder of 512 takes. */
export const chunkLimit = 1_600;

/** A class this short is found better as a whole than by its methods. */
const smallContainer = 400;

/** The definitions that a piece stands in, and what the innermost one is. */
type Around = Pick<Chunk, 'symbols' | 'symbolKind'>;

const word = /[\p{L}\p{N}]/u;

/**
 * Cuts a text along its definitions: a function is one chunk, a class is its head and its members; what is too long is
 * cut at its inner definitions, then between paragraphs, then between lines. Nothing is lost and nothing is there twice.
 *
 * @param outline widened by `nest`
 */
export function cutChunks(text: string, outline: readonly OutlineNode[], limit = chunkLimit): Chunk[] {
  const pieces: Chunk[] = [];
  const add = (start: number, end: number, { symbols, symbolKind }: Around, defines: boolean): void => {
    let from = start;
    for (const cut of cutsBetween(text, start, end, limit)) {
      pieces.push({ start: from, end: cut, symbols, symbolKind, defines: defines && from === start });
      from = cut;
    }
  };
  const visit = (start: number, end: number, nodes: readonly OutlineNode[], around: Around, defines: boolean): void => {
    let from = start;
    for (const node of nodes) {
      add(from, node.start, around, defines && from === start);
      const own = { symbols: [...around.symbols, node.name], symbolKind: node.symbolKind };
      const size = node.end - node.start;
      const whole = size <= limit && (node.kind === 'whole' || node.children.length === 0 || size <= smallContainer);
      if (whole) add(node.start, node.end, own, true);
      else visit(node.start, node.end, node.children, own, true);
      from = node.end;
    }
    add(from, end, around, defines && from === start);
  };
  visit(0, text.length, outline, { symbols: [], symbolKind: undefined }, false);
  return joinWordless(text, pieces, limit);
}

/** Brackets and blanks alone say nothing: they go to the piece before them, or else to the one behind them. */
function joinWordless(text: string, pieces: readonly Chunk[], limit: number): Chunk[] {
  const joined: Chunk[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const fits = last !== undefined && piece.end - last.start <= limit;
    if (fits && !word.test(text.slice(piece.start, piece.end))) joined.splice(-1, 1, { ...last, end: piece.end });
    else if (fits && !word.test(text.slice(last.start, last.end)))
      joined.splice(-1, 1, { ...piece, start: last.start });
    else joined.push(piece);
  }
  return joined;
}

/** @returns the ends of the parts, none longer than `limit`; nothing where there is nothing to cut */
function* cutsBetween(text: string, start: number, end: number, limit: number): Generator<number> {
  let from = start;
  while (end - from > limit) {
    from = bestCut(text, from, from + limit);
    yield from;
  }
  if (end > from) yield end;
}

/** The best place to end a part that begins at `from`: not before a third of what would fit. */
function bestCut(text: string, from: number, latest: number): number {
  const part = text.slice(from, latest + 1);
  const earliest = Math.ceil((latest - from) / 3);
  let best: number | undefined;
  let bestRank = -1;
  for (
    let line = part.lastIndexOf('\n', latest - from - 1) + 1;
    line > earliest;
    line = part.lastIndexOf('\n', line - 2) + 1
  ) {
    // An empty line before an outer line ends a thought; of equals the last one wins, which comes first here.
    const indentation = /^[ \t]*/.exec(part.slice(line, line + 80))?.[0].length ?? 0;
    const rank = (part[line - 2] === '\n' ? 100 : 0) + 80 - indentation;
    if (rank > bestRank) [best, bestRank] = [line, rank];
  }
  return from + (best ?? cutInLine(part, earliest, latest - from));
}

/** Neither through a word nor through a surrogate pair, where that can be avoided. */
function cutInLine(text: string, earliest: number, latest: number): number {
  for (let cut = latest; cut > earliest; cut--) {
    if (!/[\p{L}\p{N}\p{M}\p{Cs}_$]/u.test(text[cut - 1] ?? '') && !/\p{Cs}/u.test(text[cut] ?? '')) return cut;
  }
  const splitsPair = /[\ud800-\udbff]/.test(text[latest - 1] ?? '') && /[\udc00-\udfff]/.test(text[latest] ?? '');
  return splitsPair && latest - 1 > earliest ? latest - 1 : latest;
}

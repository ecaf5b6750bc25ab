/**
 * Nests definitions by their ranges and widens them to whole lines with leading comments; used by the chunker,
 * grammars and `symbols.ts`.
 */

import type { SymbolKind } from './symbolKinds';

/**
 * The definitions of a file, nested as they are in the text.
 *
 * `container`: holds definitions that are worth finding by themselves; `whole`: a function, a type, a section.
 */
export interface Definition {
  /** UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly kind: 'container' | 'whole';
  readonly symbolKind?: SymbolKind | undefined;
}

export interface OutlineNode extends Definition {
  readonly children: readonly OutlineNode[];
}

/** Lines that belong to what stands below them: comments, decorators, attributes. */
const leading = /^[ \t]*(?:\/\/|\/\*|\*|#|--|@|\[\w|;;|%)/;

/**
 * Nests definitions by their ranges and widens them to whole lines: comments and decorators right above a definition
 * and the rest of its last line are part of it.
 *
 * @param definitions in any order; where two overlap without one holding the other, the later one is left out
 */
export function nest(text: string, definitions: readonly Definition[]): OutlineNode[] {
  const sorted = [...definitions]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter(({ start, end }, index, all) => start !== all[index - 1]?.start || end !== all[index - 1]?.end);
  let next = 0;
  const level = (from: number, to: number): OutlineNode[] => {
    const nodes: OutlineNode[] = [];
    let floor = from;
    for (let definition = sorted[next]; definition !== undefined && definition.start < to; definition = sorted[next]) {
      next++;
      const { start, end, name, kind, symbolKind } = definition;
      if (start < floor || end > to || end <= start) continue;
      const wideStart = widenStart(text, start, floor);
      const children = level(start, end);
      // The next definition may begin on the last line of this one.
      floor = Math.max(end, Math.min(lineEnd(text, end), to, sorted[next]?.start ?? to));
      nodes.push({ start: wideStart, end: floor, name, kind, symbolKind, children });
    }
    return nodes;
  };
  return level(0, text.length);
}

function widenStart(text: string, start: number, floor: number): number {
  let line = lineStart(text, start);
  if (line < floor) return start;
  while (line > floor) {
    const above = lineStart(text, line - 1);
    if (above < floor || !leading.test(text.slice(above, line))) break;
    line = above;
  }
  return line;
}

/** The offset behind the line break of the line that ends at an offset or goes on there. */
function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

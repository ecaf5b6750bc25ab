/** Finds definitions by their lines in texts that have no grammar. */
import type { Definition } from './outline';
import { symbolKindOf } from './symbolKinds';

/** One section for each Markdown heading, down to the next one of its level or above. */
export function sectionsUnderHeadings(text: string): Definition[] {
  const headings: { start: number; level: number; name: string }[] = [];
  let fence: string | undefined;
  for (const { start, line } of linesOf(text)) {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
    }
    const heading = fence === undefined ? /^(#{1,6})[ \t]+(\S.*)$/.exec(line) : null;
    if (heading !== null)
      headings.push({ start, level: heading[1]?.length ?? 1, name: (heading[2] ?? '').replace(/[ \t#]+$/, '') });
  }
  return headings.map(({ start, level, name }, index) => {
    const end = headings.slice(index + 1).find((other) => other.level <= level)?.start ?? text.length;
    return { start, end, name, kind: 'container', symbolKind: 'section' };
  });
}

const definitionLine =
  /^([ \t]*)(?:[\w@]+[ \t]+){0,5}?(class|struct|interface|trait|enum|object|protocol|extension|module|defmodule|namespace|func|fun|fn|def|defp|function|procedure|sub|proc|(?<=\bcreate\b.*)(?:table|view|trigger))[ \t]+(?:if not exists[ \t]+)?([\p{L}_][\p{L}\p{N}_.:]*)/iu;
const containers = new Set([
  'class',
  'struct',
  'interface',
  'trait',
  'object',
  'protocol',
  'extension',
  'module',
  'defmodule',
  'namespace',
]);

/** What begins with a word as `class` or `func` reaches to the next line that is indented no deeper and opens anew. */
export function definitionsByIndentation(text: string): Definition[] {
  const open: (Omit<Definition, 'end'> & { readonly depth: number })[] = [];
  const found: Definition[] = [];
  const closeFrom = (depth: number, end: number): void => {
    for (let last = open.at(-1); last !== undefined && last.depth >= depth; last = open.at(-1)) {
      open.pop();
      found.push({ start: last.start, end, name: last.name, kind: last.kind, symbolKind: last.symbolKind });
    }
  };
  for (const { start, line } of linesOf(text)) {
    // Closing brackets and `end` still belong to what they close.
    if (!/[^\s)\]}>;,{]/.test(line) || /^\s*end\b/i.test(line)) continue;
    const depth = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    closeFrom(depth, start);
    const [, , keyword, name] = definitionLine.exec(line) ?? [];
    if (keyword !== undefined && name !== undefined) {
      const kind = containers.has(keyword.toLowerCase()) ? 'container' : 'whole';
      open.push({ start, depth, name, kind, symbolKind: symbolKindOf(keyword) });
    }
  }
  closeFrom(0, text.length);
  return found;
}

function* linesOf(text: string): Generator<{ start: number; line: string }> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const next = end < 0 ? text.length : end + 1;
    yield { start, line: text.slice(start, end < 0 ? next : end).replace(/\r$/, '') };
    start = next;
  }
}

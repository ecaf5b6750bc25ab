/**
 * Writes all hits of an answer as one text, in the form of VS Code's own search results, whose lines lead to their places.
 * Used by `allHits.vscode.ts`; pure.
 */

/** A hit as it is listed. */
export interface ListedHit {
  /** As search results name it: from the folder, or `folder • path` where there are several. */
  readonly name: string;
  /** Number of its first line, from 1. */
  readonly from: number;
  /** The line by which it is recognised. */
  readonly marked: number;
  /** Without secrets. */
  readonly code: string;
}

/** Lines of one hit; the rest is a click away. */
const maxLines = 40;

/** @param count how many hits there are, as a sentence */
export function listHits(question: string, count: string, hits: readonly ListedHit[]): string {
  const files = new Map<string, ListedHit[]>();
  for (const hit of hits) files.set(hit.name, [...(files.get(hit.name) ?? []), hit]);
  const parts = Array.from(files, ([name, own]) => `${name}:\n${ascending(own).map(linesOf).join('\n')}\n`);
  return [`# Query: ${question.trim().replaceAll(/\s+/g, ' ')}`, '', count, '', ...parts].join('\n');
}

const ascending = (hits: readonly ListedHit[]): ListedHit[] => [...hits].sort((a, b) => a.from - b.from);

/** A line that is recognised has `:` behind its number, as a match has there. */
function linesOf({ from, marked, code }: ListedHit): string {
  const lines = code
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .slice(0, maxLines);
  return lines.map((line, at) => `  ${from + at}${from + at === marked ? ':' : ' '} ${line}`).join('\n');
}

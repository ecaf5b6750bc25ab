/**
 * Which names before a cursor are looked up, and as much of a declaration as tells how to use it. Used by
 * `definitions.vscode.ts` and the benchmark of context; pure functions of texts, which ask no language server.
 */

/** Lines before the cursor's whose names are looked up, and names at most. */
const lookedLines = 8;
const maxNames = 24;
/** Lines of a declaration. */
const shownLines = 10;

/** A type, of which the members are what counts. */
const declaresType =
  /^\s*(?:(?:export|default|declare|abstract|public|private|protected|internal|static|final|sealed|pub|data)\s+)*(?:interface|type|enum|class|struct|trait|record|protocol)\b/;

/** UTF-16 offsets of the names that stand last in a text, nearest to its end first, each name once. */
export function namesBefore(prefix: string): number[] {
  const lines = prefix
    .split('\n')
    .slice(-lookedLines - 1)
    .join('\n');
  const from = prefix.length - lines.length;
  const offsets = new Map<string, number>();
  for (const { 0: name, index } of [...lines.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)].reverse())
    if (!offsets.has(name)) offsets.set(name, from + index);
  return [...offsets.values()].slice(0, maxNames);
}

/**
 * What a file says of a declaration: of a type its first members, else all up to its body.
 *
 * @param start,end of the declaration: UTF-16 offsets
 */
export function declarationIn(text: string, start: number, end: number): string {
  const lines = text.slice(text.lastIndexOf('\n', start - 1) + 1, end).split('\n');
  const body = declaresType.test(lines.join('\n')) ? -1 : lines.findIndex((line) => /[{:]\s*$/.test(line));
  const shown = lines.slice(0, body < 0 ? shownLines : Math.min(body + 1, shownLines));
  return `${shown.join('\n').trimEnd()}\n`;
}

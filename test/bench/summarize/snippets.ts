/** Code to be summarized: whole symbols of this project's own sources, which no model of ours has read. */
import { globSync, readFileSync } from 'node:fs';
import type { Grammars } from '../../../src/syntax/grammars';
import { symbolsOf } from '../../../src/syntax/symbols';

export interface Snippet {
  readonly path: string;
  readonly text: string;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly lines: number;
}

/** Generated code is like nothing that a person would ask about. */
const files = (): string[] =>
  globSync('src/**/*.ts')
    .filter((path) => !path.endsWith('_pb.ts'))
    .sort();

/** Functions, methods and classes of about so many lines, each from another file. */
export async function snippetsOf(lines: number, count: number, grammars: Grammars): Promise<Snippet[]> {
  const found: Snippet[] = [];
  for (const path of files()) {
    const text = readFileSync(path, 'utf8');
    const fitting = (await symbolsOf(text, path, grammars)).map(({ start, end }) => ({
      path,
      text,
      start,
      end,
      lines: text.slice(start, end).split('\n').length,
    }));
    const [best] = fitting.filter((one) => Math.abs(one.lines - lines) <= lines / 10);
    if (best !== undefined) found.push(best);
  }
  // Spread over the folders, and the same ones each time.
  return Array.from(
    { length: Math.min(count, found.length) },
    (_, at) => found[Math.floor((at * found.length) / Math.min(count, found.length))] as Snippet,
  );
}

/** The first lines of all sources, one behind the other. */
export function manyLines(count: number): string {
  const lines = files().flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'));
  if (lines.length < count) throw new Error(`There are ${lines.length} lines, not ${count}.`);
  return `${lines.slice(0, count).join('\n')}\n`;
}

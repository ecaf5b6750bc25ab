/**
 * Adds lines, search terms, definition lengths and content keys to the chunks of a file; used by `indexing.ts`. Chunks
 * without terms are left out.
 */
import type { IndexedChunk } from './batch';
import type { Chunk } from '../chunks/chunks';
import { keyOf, textToEmbed } from '../chunks/embeddedText';
import { nameWithoutEnding } from '../../common/files/paths';
import { termsOf } from '../../common/text/terms';

/** Adds lines and terms to the chunks of a text; those that hold no term cannot be found and are left out. */
export function describeChunks(
  text: string,
  path: string,
  chunks: readonly Chunk[],
): { lines: number; chunks: IndexedChunk[] } {
  const name = termsOf(nameWithoutEnding(path));
  const definitions = new Map<string, number>();
  /** Terms of each definition. */
  const lengths: number[] = [];
  let [line, behind] = [1, 0];
  const described = chunks.flatMap(({ start, end, symbols, defines, symbolKind }) => {
    const part = text.slice(start, end);
    line += lineBreaks(text.slice(behind, start));
    behind = end;
    const from = line + lineBreaks(part.slice(0, part.length - part.trimStart().length));
    const to = line + lineBreaks(part.trimEnd());
    line += lineBreaks(part);
    const own = termsOf(part);
    if (own.length === 0) return [];
    const terms = [...own, ...name, ...termsOf(symbols.join(' '))];
    const key = symbols.join('\n');
    // Code outside of definitions stands for itself, and overloads have one name.
    const definition = (defines || symbols.length === 0 ? undefined : definitions.get(key)) ?? lengths.push(0) - 1;
    definitions.set(key, definition);
    lengths[definition] = (lengths[definition] ?? 0) + terms.length;
    const embedded = textToEmbed(symbols, defines, part);
    return [{ start, end, from, to, symbols, defines, symbolKind, definition, terms, embedded, key: keyOf(embedded) }];
  });
  line += lineBreaks(text.slice(behind));
  return {
    lines: text === '' || text.endsWith('\n') ? line - 1 : line,
    chunks: described.map((chunk) => ({ ...chunk, whole: lengths[chunk.definition] ?? 0 })),
  };
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

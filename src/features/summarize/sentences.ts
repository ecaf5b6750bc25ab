/**
 * Splits a text into sentences as offset ranges. Used by `grounding.ts`, `grounds.vscode.ts` and `markdown.ts`, which
 * must agree on sentence numbers.
 */
import type { Range } from '../../syntax/documentation';

/** Where a sentence ends: behind its stop, in front of what may begin another, or with its paragraph. */
const boundary = /(?<=[.!?]["')\]`]*)\s+(?=["'([`]?[\p{Lu}\p{N}])|\n\s*\n/gu;
const abbreviation = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|incl)\.$/i;

/**
 * The sentences of a text, without the blanks between them. How many there are does not depend on how wide the blanks
 * of a paragraph are.
 */
export function sentencesOf(text: string): Range[] {
  const found: Range[] = [];
  let from = 0;
  const close = (to: number): void => {
    const own = text.slice(from, to);
    const start = from + own.length - own.trimStart().length;
    if (own.trim() !== '') found.push({ start, end: start + own.trim().length });
  };
  for (const { index, 0: blanks } of text.matchAll(boundary)) {
    if (abbreviation.test(text.slice(from, index)) && !/\n\s*\n/.test(blanks)) continue;
    close(index);
    from = index + blanks.length;
  }
  close(text.length);
  return found;
}

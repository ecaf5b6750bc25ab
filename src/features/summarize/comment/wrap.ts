/**
 * Wraps paragraphs to a line width, keeping words with a special meaning away from line starts. Used by `docstring.ts`
 * and `styles.ts`.
 */

/**
 * Lines of at most `width` UTF-16 units, broken at blanks; a longer word has a line of its own. A word that would mean
 * something at the start of a line, as `@tag` does, stays with the one before it.
 */
export function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of bound(paragraph.split(' '))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const meansSomething = /^(?:[@\\:#>*+-]|\d+[.)]$)/;

function bound(words: readonly string[]): string[] {
  const result: string[] = [];
  for (const word of words) {
    if (result.length > 0 && meansSomething.test(word)) result.push(`${result.pop() ?? ''} ${word}`);
    else result.push(word);
  }
  return result;
}

/** Paragraphs as lines with an empty one between them. */
export function wrapAll(paragraphs: readonly string[], width: number): string[] {
  return paragraphs.flatMap((paragraph, index) =>
    index === 0 ? wrap(paragraph, width) : ['', ...wrap(paragraph, width)],
  );
}

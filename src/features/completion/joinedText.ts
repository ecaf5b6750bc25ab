/**
 * Several texts read as one, with a separator between them: the cells of a notebook around the cursor's. Used where a
 * place in a document is read; copies only what is asked for.
 */
import type { TextSource } from '../../ipc/engine/documentWindow';

/** @param parts in their order; each is asked only for what is read of it */
export function joinTexts(parts: readonly TextSource[], separator: string): TextSource {
  const pieces = parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
  let length = 0;
  const placed = pieces.map((piece) => {
    const start = length;
    length += piece.length;
    return { piece, start, end: length };
  });
  return {
    length,
    slice: (from, to) =>
      placed
        .filter(({ start, end }) => start < to && end > from)
        .map(({ piece, start, end }) => piece.slice(Math.max(from, start) - start, Math.min(to, end) - start))
        .join(''),
  };
}

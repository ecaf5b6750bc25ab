/** What is searched for in a text, and how a text is cut for searches. Used by normalizers and pre-tokenizers. */

/** One match: where it begins, in UTF-16 units, and its text. */
export interface TextMatch {
  readonly index: number;
  readonly 0: string;
}

/** All matches of a pattern in a text, from left to right; a global `RegExp` is one. */
export interface TextSearch {
  [Symbol.matchAll](text: string): Iterable<TextMatch>;
}

/** UTF-16 units. Texts of this length are searched as a whole: most prompts and pieces of code are shorter. */
const maxPieceLength = 8_192;

/**
 * Cuts what is longer, so that a search whose time grows with the square of a length has a bound: behind line breaks
 * where it can, at which next to no tokenizer joins two lines. Used by searches with patterns that are not known.
 */
export function* piecesOf(text: string): Generator<readonly [start: number, piece: string]> {
  let start = 0;
  do {
    const end = start + maxPieceLength >= text.length ? text.length : cutBefore(text, start, start + maxPieceLength);
    yield [start, start === 0 && end === text.length ? text : text.slice(start, end)];
    start = end;
  } while (start < text.length);
}

/** @returns an offset behind `start` and not behind `end` */
function cutBefore(text: string, start: number, end: number): number {
  for (let at = text.lastIndexOf('\n', end - 1); at > start; at = text.lastIndexOf('\n', at - 1))
    if (/\S/.test(text[at + 1] ?? '')) return at + 1;
  const isLow = /[\udc00-\udfff]/.test(text[end] ?? '');
  return isLow ? end - 1 : end;
}

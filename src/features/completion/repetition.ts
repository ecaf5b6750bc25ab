/**
 * Detects text that ends in a repeated piece, in time linear in its length, and lines that are drawn rather than said, such as
 * rows of a table; used by the filters of completion.
 */

/** A loop shorter than this, in UTF-16 units, is nothing unusual in code: `[0, 0, 0]`, `----`. */
const minLoopLength = 30;
/** How often a piece must stand in a row to be a loop. */
const repetitions = 4;

/**
 * Whether a text ends in a piece that is repeated over and over, as models do when they have lost the thread.
 *
 * Knuth–Morris–Pratt on the reversed text: for each length i, `i − failure[i]` is the shortest period of the last
 * i characters. Linear in the length of the text.
 */
export function endsInLoop(text: string): boolean {
  const end = text.trimEnd();
  const at = (index: number): number => end.charCodeAt(end.length - 1 - index);
  const failure = new Int32Array(end.length + 1);
  for (let length = 2, border = 0; length <= end.length; length++) {
    while (border > 0 && at(length - 1) !== at(border)) border = failure[border] ?? 0;
    if (at(length - 1) === at(border)) border++;
    failure[length] = border;
    const period = length - border;
    if (length >= minLoopLength && length >= repetitions * period && !isDrawn(end.slice(-period))) return true;
  }
  return false;
}

/** Lines of dashes, rows of numbers and of table cells are written on purpose; words, dots and brackets are not repeated on purpose. */
export function isDrawn(piece: string): boolean {
  return /^[-=*#_~+/|:\s]+$/.test(piece) || /^(?:\d[\da-fA-FxX.]*[uUlLfF]*|[\s,;|])+$/.test(piece);
}

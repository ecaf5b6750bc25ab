/**
 * Leaves the place out of the hits that some code was taken from, where its like is looked for. Used by the reader of a root
 * and by the command line; pure.
 */

/** Parts of a piece of code may be found beside it: so many hits more are asked for. */
const partsOfCode = 10;

/** Lines from 1, both included. */
interface Lines {
  readonly from: number;
  readonly to: number;
}

/** How many hits to ask for where `top` are wanted. */
export const withParts = (top: number): number => top + partsOfCode;

/** Hits that share no line with the place, at most `top`. @param isItsFile whether a path is that of the place's file */
export function withoutOwn<H extends Lines & { readonly path: string }>(
  hits: readonly H[],
  place: Lines,
  isItsFile: (path: string) => boolean,
  top: number,
): H[] {
  return hits.filter(({ path, from, to }) => !(isItsFile(path) && from <= place.to && to >= place.from)).slice(0, top);
}

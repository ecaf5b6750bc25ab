/**
 * Joins code with the names of the definitions around it, as encoders read it; used by the indexer, similarity and
 * attention, so that all of them see the same text.
 */

/** A piece of code with the definitions that it stands in, as search gives it to models. @param around names of definitions; perhaps none */
export function withSurroundings(around: string, code: string): string {
  return around === '' ? code : `${around}\n${code}`;
}

/**
 * Drafts the next tokens from what followed the same tokens earlier in the text (prompt lookup); used by
 * `speculation.ts` and, for its draft type, by `generation.ts`.
 */

/** Tokens. Longer repetitions count as this long. */
export const maxMatchTokens = 8;

/** What may come next, and how many tokens the place it was taken from has in common with the end of the text. */
export interface Draft {
  readonly ids: readonly number[];
  readonly match: number;
}

/**
 * What followed the last tokens of a text where they stood before: code repeats itself. Of several such places the
 * one that has most in common with the end counts, of equals the last.
 *
 * @param length tokens of the text
 * @param most tokens of the draft
 * @returns `undefined` where the last token did not occur before
 */
export function lookUp(text: Int32Array, length: number, most: number): Draft | undefined {
  const last = text[length - 1];
  let match = 0;
  let place = -1;
  for (let at = length - 2; at >= 0 && match < maxMatchTokens; at--) {
    if (text[at] !== last) continue;
    let common = 1;
    while (common < maxMatchTokens && common <= at && text[at - common] === text[length - 1 - common]) common++;
    if (common <= match) continue;
    match = common;
    place = at;
  }
  if (place < 0) return undefined;
  // A place at the very end is part of a repetition that goes on.
  const period = length - 1 - place;
  const ids = Array.from({ length: most }, (_, index) => text[place + 1 + (index % period)] as number);
  return { ids, match };
}

/**
 * Chooses which waiting texts an encoder runs together, longest first, within a token budget and a limit on padding;
 * used by `encoder.ts`.
 */

/** So much of a batch may be padding: more costs more than the runs it saves. */
const maxPaddingShare = 1 / 8;
/** More texts at once no longer make a text cheaper. */
const maxTexts = 64;

/**
 * The next texts to run together: the longest first, and as many more as fit.
 *
 * @param lengths of the texts that are left, ascending. Tokens
 * @param most tokens that a run may have, padding included; one text runs whatever its length
 * @returns how many texts from the end of `lengths` on run
 */
export function nextBatch(lengths: readonly number[], most: number): number {
  const longest = lengths.at(-1) ?? 0;
  let tokens = 0;
  let count = 0;
  while (count < Math.min(lengths.length, maxTexts)) {
    tokens += lengths[lengths.length - 1 - count] as number;
    const run = (count + 1) * longest;
    if (count > 0 && (run > most || run - tokens > maxPaddingShare * run)) break;
    count++;
  }
  return count;
}

/**
 * Takes out of a sentence what may be private: paths, names of files, quoted text. Used for every free text of the
 * diagnosis, which people paste into public issues; it rather takes too much.
 */

/** Where something private may begin: a quotation, a path, an address, or a name with an ending, which numbers have not. */
const beginnings =
  /(?:^|[^\p{L}\p{N}])["'`“”‘’«»]|[/\\~@]|\p{L}[\p{L}\p{N}_-]*\.[\p{L}\p{N}_]|[\p{L}\p{N}_-]+\.\p{L}|^\.|\s\./u;

/** Shorter ones are too often part of a word. */
const leastLength = 3;

/**
 * The first line of a text, up to where something private may begin.
 *
 * @param secret paths and names that it must not hold, wherever they stand
 */
export function withoutPrivate(text: string, secret: readonly string[]): string {
  // What follows on further lines may be code.
  const line = text.split(/[\r\n\u2028\u2029]/u, 1)[0]?.trim() ?? '';
  const lower = line.toLowerCase();
  const ends = [
    line.search(beginnings),
    ...secret.filter((one) => one.length >= leastLength).map((one) => lower.indexOf(one.toLowerCase())),
  ].filter((at) => at >= 0);
  if (ends.length === 0) return line;
  const end = Math.min(...ends);
  // What stands before it without a space belongs to it.
  return `${line.slice(0, line.lastIndexOf(' ', end) + 1)}…`;
}

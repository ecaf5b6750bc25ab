/**
 * What stands around a part of a document, without secrets: edits are learnt from no more, and none is made where a secret stands.
 * Used by the recorder and by what language servers know; reads no more of a long text than it has to.
 */
import { shownSlice, withoutKeys } from '../../common/secrets/withoutSecrets';

/**
 * @param text line ends `\n`
 * @param start UTF-16 units, as `end` is
 * @param around UTF-16 units on either side that are wanted; the lines of the part in any case
 * @param keyless the whole text without private keys, where several parts of it are asked about
 * @returns the text around the part, and where that begins; `undefined` where a secret stands in the lines of the part
 */
export function shownAround(
  text: string,
  start: number,
  end: number,
  path: string,
  around = 0,
  keyless = withoutKeys(text),
): { readonly from: number; readonly shown: string } | undefined {
  const next = text.indexOf('\n', end);
  const [lineStart, lineEnd] = [text.lastIndexOf('\n', start - 1) + 1, next < 0 ? text.length : next];
  const [from, to] = [
    Math.max(0, Math.min(lineStart, start - around)),
    Math.max(lineEnd, Math.min(text.length, end + around)),
  ];
  const shown = shownSlice(keyless, from, to, path);
  return shown.slice(lineStart - from, lineEnd - from) === text.slice(lineStart, lineEnd) ? { from, shown } : undefined;
}

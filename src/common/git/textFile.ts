/** Reads small files of rules and of git; used by `ignoreRules.ts` and this folder. Never reaches for another machine. */
import { parse, resolve } from 'node:path';
import { readBounded } from '../files/boundedRead';

/** Bytes. */
const maxBytes = 2 ** 20;

/**
 * The text of a file that may be missing.
 *
 * @param path absolute
 * @param from what names the file: a path to a network share counts only from the same share, for opening one signs in there
 * @returns the empty text where there is no such file or it cannot be read, or is none that a person wrote
 */
export async function readTextFile(path: string, from = path): Promise<string> {
  const share = shareOf(path);
  if (share !== undefined && share !== shareOf(from)) return '';
  const read = await readBounded(path, { most: maxBytes }).catch(() => undefined);
  return read !== undefined && 'bytes' in read ? read.bytes.toString('utf8') : '';
}

/** `\\server\share\`, which only Windows has. */
function shareOf(path: string): string | undefined {
  const { root } = parse(resolve(path));
  return root.startsWith('\\\\') ? root.toLowerCase() : undefined;
}

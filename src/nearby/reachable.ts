/**
 * Whether a file lies in a folder, and no link on the way leads elsewhere: an import statement may name any file of the
 * machine. Used by what looks for files to copy from.
 */
import { realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isOutside } from '../common/files/isOutside';

/** @param root absolute path @param path absolute path @returns false where there is no such file */
export async function isReachable(root: string, path: string): Promise<boolean> {
  if (isOutside(root, path)) return false;
  try {
    const [from, real] = await Promise.all([realpath(root), realpath(path)]);
    // A file system that does not tell upper from lower case may write the path in another way.
    return real.toLowerCase() === join(from, relative(root, path)).toLowerCase();
  } catch {
    return false;
  }
}

/**
 * What of a folder could not be read, and is therefore not known to be gone. Used by indexing, which forgets a file only
 * where it is certain that it is no longer there.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param root absolute path
 * @param unreadable what the walk and the reading of files could not read: paths from the root, folders with `/` behind
 *   them, `.` for the root itself
 * @returns whether a file of the index may still be there, by its path from the root
 * @throws {Error} the system's own where the root is not there: nothing is known of anything in it then
 */
export async function mayBeThere(root: string, unreadable: readonly string[]): Promise<(path: string) => boolean> {
  // A drive that went away during the walk has made everything in it look gone.
  await lstat(root);
  const kept = new Set<string>();
  for (const path of unreadable) if (!(await isGone(join(root, path)))) kept.add(path);
  if (kept.has('.')) return () => true;
  return (path) => {
    if (kept.size === 0) return false;
    if (kept.has(path)) return true;
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      if (kept.has(path.slice(0, end + 1))) return true;
    return false;
  };
}

async function isGone(place: string): Promise<boolean> {
  try {
    await lstat(place);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

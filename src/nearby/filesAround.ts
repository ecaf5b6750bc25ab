/**
 * Lists files around a document, from its own folder outwards, by the ignore rules; used by the host and the command
 * line. Never leaves the given root.
 */
import { basename, dirname, join, relative } from 'node:path';
import { walkPaths } from '../common/files/walk';
import { maxNeighbours } from '../ipc/engine/protocol';

/** Files that are looked at, of all kinds: beyond, a folder holds data, or many times what a request may carry. */
const maxFiles = 10_000;

/**
 * Files around a document that are not ignored: those in its folder and below, then in the folder around that, and
 * so on outwards.
 *
 * @param document its absolute path; all paths as the file system writes them
 * @param root absolute path of a folder around the document: nothing outside of it is looked at
 * @param isWanted whether files of that name may be copied from
 * @returns absolute paths, no more than a request may carry
 */
export async function filesAround(
  document: string,
  root: string,
  isWanted: (path: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  let looked = 0;
  let inner: string | undefined;
  for (let folder = dirname(document); ; folder = dirname(folder)) {
    const excludes = inner === undefined ? [] : [`/${escapeRule(inner)}/`];
    for await (const path of walkPaths(folder, { unreadable: [] }, { excludes })) {
      if (++looked > maxFiles) return found;
      const file = join(folder, path);
      if (file !== document && isWanted(file)) found.push(file);
      if (found.length === maxNeighbours) return found;
    }
    // As the file system compares: a letter's case, or a slash at the end, makes no other folder.
    if (relative(root, folder) === '' || folder === dirname(folder)) return found;
    inner = basename(folder);
  }
}

/** A name as a rule of a `.gitignore` that means it to the letter. */
const escapeRule = (name: string): string => name.replace(/[\\*?[\]!# ]/g, '\\$&');

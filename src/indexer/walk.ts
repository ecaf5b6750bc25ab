import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSecretPath } from '../secrets';
import { IgnoreRules } from './ignoreRules';

export interface WalkedFile {
  /** From the root, with `/` between folders. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface WalkNotes {
  /** Folders and files that could not be read, from the root. */
  readonly unreadable: string[];
}

/**
 * The files of a folder that no rule ignores, in the order of their names. Symbolic links are not followed: what they
 * point to is found at its own place or lies outside, and no loop can arise. Files that are named as secrets usually are
 * left out.
 *
 * @param root absolute path
 * @param notes is added to
 */
export async function* walk(root: string, notes: WalkNotes): AsyncGenerator<WalkedFile> {
  yield* walkFolder(root, '', await IgnoreRules.forRoot(root), notes);
}

async function* walkFolder(root: string, folder: string, rules: IgnoreRules, notes: WalkNotes): AsyncGenerator<WalkedFile> {
  for (const entry of await entriesOf(root, folder, notes)) {
    const path = folder + entry.name;
    if (entry.isDirectory()) {
      if (rules.ignores(`${entry.name}/`)) continue;
      yield* walkFolder(root, `${path}/`, await rules.inside(entry.name, join(root, path)), notes);
    } else if (entry.isFile() && !rules.ignores(entry.name) && !isSecretPath(path)) {
      const found = await statsOf(root, path, notes);
      if (found !== undefined) yield { path, bytes: found.size, modified: found.mtimeMs };
    }
  }
}

async function entriesOf(root: string, folder: string, notes: WalkNotes): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    notes.unreadable.push(folder === '' ? '.' : folder);
    return [];
  }
}

async function statsOf(root: string, path: string, notes: WalkNotes): Promise<Stats | undefined> {
  try {
    return await lstat(join(root, path));
  } catch {
    notes.unreadable.push(path);
    return undefined;
  }
}

/**
 * Walks a folder by the ignore rules and lists its files; used by the indexer and the search for nearby files. Follows
 * no symbolic links and leaves out files that usually hold secrets.
 */
import { lstatSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSecretPath } from '../secrets/secretFiles';
import { repositoryAt } from '../git/layout';
import { isSecondWorktree } from '../git/repository';
import { IgnoreList } from './ignorePattern';
import { IgnoreRules } from './ignoreRules';
import { fileName } from './paths';
import type { Scope } from './scope';

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

export interface WalkOptions {
  /** Rules as in a `.gitignore` of the root, which nothing overrules. */
  readonly excludes?: readonly string[];
  /** What alone is looked at; everything where it is absent. */
  readonly scope?: Scope | undefined;
}

/**
 * The files of a folder that no rule ignores, in the order of their names. Symbolic links are not followed: what they
 * point to is found at its own place or lies outside, and no loop can arise. Files that are named as secrets usually are
 * left out, and so are working trees that show a repository a second time. Each file is looked at without a trip to another
 * thread, which takes longer: for threads that nothing waits for.
 *
 * @param root absolute path
 * @param notes is added to
 */
export async function* walk(root: string, notes: WalkNotes, options: WalkOptions = {}): AsyncGenerator<WalkedFile> {
  for await (const path of walkPaths(root, notes, options)) {
    const found = statsOf(root, path, notes);
    if (found !== undefined) yield { path, bytes: found.size, modified: found.mtimeMs };
  }
}

/** The paths of the same files, by the lists of their folders alone. */
export async function* walkPaths(
  root: string,
  notes: WalkNotes,
  { excludes = [], scope }: WalkOptions = {},
): AsyncGenerator<string> {
  const rules = await IgnoreRules.forRoot(root);
  const hidden = new IgnoreList(excludes.join('\n'), rules.ignoreCase);
  const excluded = (path: string): boolean => hidden.verdict(path) === true;
  yield* walkFolder({ root, notes, excluded }, '', await entriesOf(root, '', notes), rules, scope);
}

interface Walking {
  readonly root: string;
  readonly notes: WalkNotes;
  /** @param path from the root, with `/` behind that of a folder */
  readonly excluded: (path: string) => boolean;
}

async function* walkFolder(
  walking: Walking,
  folder: string,
  entries: readonly Dirent[],
  rules: IgnoreRules,
  scope: Scope | undefined,
): AsyncGenerator<string> {
  const { root, notes, excluded } = walking;
  for (const entry of entries) {
    const path = folder + entry.name;
    const whole = scope?.covers(path) ?? true;
    if (entry.isDirectory()) {
      if (!(whole || scope?.leadsInto(path)) || rules.ignores(`${entry.name}/`) || excluded(`${path}/`)) continue;
      const inner = await entriesOf(root, `${path}/`, notes);
      const innerRules = await rulesInside(walking, path, inner, rules);
      if (innerRules !== undefined)
        yield* walkFolder(walking, `${path}/`, inner, innerRules, whole ? undefined : scope);
    } else if (whole && entry.isFile() && !rules.ignores(entry.name) && !excluded(path) && !isSecretPath(path)) {
      yield path;
    }
  }
}

/** @returns undefined where the folder is a second copy of a repository that is walked anyway */
async function rulesInside(
  { root }: Walking,
  path: string,
  entries: readonly Dirent[],
  outer: IgnoreRules,
): Promise<IgnoreRules | undefined> {
  const folder = join(root, path);
  const names = new Set(entries.map(({ name }) => name));
  const repository = names.has('.git') ? await repositoryAt(folder) : undefined;
  if (repository !== undefined && (await isSecondWorktree(repository, root))) return undefined;
  return outer.inside({ name: fileName(path), folder, entries: names, repository });
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

function statsOf(root: string, path: string, notes: WalkNotes): Stats | undefined {
  try {
    return lstatSync(join(root, path));
  } catch {
    notes.unreadable.push(path);
    return undefined;
  }
}

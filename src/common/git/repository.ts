/**
 * What git ignores in a repository beside what its `.gitignore` say, and which of its working trees is searched; used by
 * `ignoreRules.ts` and `walk.ts`. Git is never started.
 */
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isOutside } from '../files/isOutside';
import { GitConfig } from './config';
import type { Repository } from './layout';
import { readTextFile } from './textFile';

/** What git ignores in a repository beside what its `.gitignore` say. */
export interface IgnoreSettings {
  /** `core.ignoreCase`, which git sets as the file system is when it makes a repository. */
  readonly ignoreCase: boolean;
  /** Texts of rules, the strongest first: `info/exclude`, then the user's own (`core.excludesFile`). */
  readonly excludes: readonly string[];
}

export async function ignoreSettings(repository: Repository): Promise<IgnoreSettings> {
  const { top, commonFolder } = repository;
  const config = await GitConfig.of(repository);
  const usersOwn = config.path('core.excludesfile', top) ?? config.userFile('ignore');
  return {
    ignoreCase: config.flag('core.ignorecase') ?? false,
    excludes: await Promise.all([
      readTextFile(join(commonFolder, 'info', 'exclude'), top),
      readTextFile(usersOwn, top),
    ]),
  };
}

/**
 * Whether a linked working tree is a second copy of code that is found in a folder anyway: of all working trees of one
 * repository, the one that the folder lies in counts, else the main one, else the first by its path.
 *
 * @param root the folder that is walked
 */
export async function isSecondWorktree(repository: Repository, root: string): Promise<boolean> {
  const { top, gitFolder, commonFolder } = repository;
  if (gitFolder === commonFolder) return false;
  const [own, outer] = await Promise.all([real(top), real(root)]);
  if (own === undefined || outer === undefined) return false;
  const all = await worktreesOf(repository);
  const first = all.find((tree) => !isOutside(tree, outer)) ?? all.find((tree) => !isOutside(outer, tree));
  return first !== undefined && first !== own;
}

/** The main working tree first, where there is one; without those that are gone. */
async function worktreesOf(repository: Repository): Promise<string[]> {
  const { commonFolder } = repository;
  const isMain = basename(commonFolder) === '.git' && (await GitConfig.of(repository)).flag('core.bare') !== true;
  const main = isMain ? await real(dirname(commonFolder)) : undefined;
  const folder = join(commonFolder, 'worktrees');
  const names = await readdir(folder).catch(() => []);
  const linked = await Promise.all(
    names.map(async (name) => {
      const place = (await readTextFile(join(folder, name, 'gitdir'))).trimEnd();
      return place === '' ? undefined : real(dirname(resolve(folder, name, place)));
    }),
  );
  return [main, ...linked.sort()].filter((tree) => tree !== undefined);
}

const real = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);

/**
 * Where a repository keeps what git knows of it (gitrepository-layout(5)); used by `ignoreRules.ts`, `walk.ts` and this
 * folder. Reads no configuration, and git is never started.
 */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readTextFile } from './textFile';

/** Absolute paths. */
export interface Repository {
  /** The folder that `.git` is in. */
  readonly top: string;
  /** What belongs to this working tree alone. */
  readonly gitFolder: string;
  /** What all working trees share; the same as `gitFolder` but in linked ones. */
  readonly commonFolder: string;
}

/** The repository whose `.git`, a folder or a file that names one, stands in a folder. */
export async function repositoryAt(top: string): Promise<Repository> {
  const place = join(top, '.git');
  const named = /^gitdir:[ \t]*(.+?)\s*$/.exec(await readTextFile(place))?.[1];
  const gitFolder = named === undefined ? place : resolve(top, named);
  const common = (await readTextFile(join(gitFolder, 'commondir'), top)).trimEnd();
  return { top, gitFolder, commonFolder: common === '' ? gitFolder : resolve(gitFolder, common) };
}

/** The nearest folder with a `.git`, from a folder outwards. */
export async function topAround(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await stat(join(at, '.git')).catch(() => undefined);
    if (found !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Whether ignore rules leave out one file, for who has its path and walks through no folders: the next edit, which never goes
 * into such files.
 */
import { basename, dirname, join, relative, sep } from 'node:path';
import { IgnoreRules } from './ignoreRules';
import { isOutside } from './isOutside';

/** @param root absolute path of the folder whose rules hold @param path absolute path @returns false for a file outside */
export async function isIgnored(root: string, path: string): Promise<boolean> {
  if (isOutside(root, path)) return false;
  let rules = await IgnoreRules.forRoot(root);
  let folder = root;
  for (const name of relative(root, dirname(path)).split(sep)) {
    if (name === '') continue;
    if (rules.ignores(`${name}/`)) return true;
    folder = join(folder, name);
    rules = await rules.inside({ name, folder });
  }
  return rules.ignores(basename(path));
}

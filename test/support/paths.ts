import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository, found from wherever the bundled test lies. */
export const root = findRoot(__dirname);

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package-lock.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`${__dirname} lies in no repository.`);
  return findRoot(parent);
}

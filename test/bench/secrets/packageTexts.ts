/** Texts of the packages that lie on this machine, JavaScript's and Python's, for counting false alarms. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../support/paths';

const textual = /\.(?:[cm]?[jt]sx?|py|pyi|json|md|rst|txt|ya?ml|toml|ini|cfg|css|scss|html?|sh|c|h|cc|cpp|hpp|xml)$/i;
/** Bytes; what is larger is no file that a person wrote, and the index does not read it. */
const largest = 500_000;

/** @param named folders of packages; where none is, node_modules and Python's own, if there is Python */
export function packageFolders(named: readonly string[]): string[] {
  if (named.length > 0) return [...named];
  const { stdout, status } = spawnSync('python3', ['-c', 'import sysconfig; print(sysconfig.get_paths()["purelib"])'], {
    encoding: 'utf8',
  });
  return [join(root, 'node_modules'), status === 0 ? stdout.trim() : ''].filter(
    (folder) => folder !== '' && existsSync(folder),
  );
}

/** Files from each folder in turn, until as many lines have been read or there are no more. Minified ones are left out. */
export async function* textsOfPackages(
  folders: readonly string[],
  maxLines: number,
): AsyncGenerator<{ path: string; text: string }> {
  const walks = new Set(folders.map((folder) => filesIn(folder)));
  let lines = 0;
  while (walks.size > 0)
    for (const walk of walks) {
      const { value: path } = await walk.next();
      if (path === undefined) {
        walks.delete(walk);
        continue;
      }
      const text = await readFile(path, 'utf8');
      const count = text.split('\n').length;
      if (text.length > count * 500) continue;
      yield { path, text };
      lines += count;
      if (lines >= maxLines) return;
    }
}

/** In the order of their names, so that two runs read the same. */
async function* filesIn(folder: string): AsyncGenerator<string, undefined> {
  const entries = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile() && textual.test(entry.name) && (await stat(path)).size <= largest) yield path;
  }
}

/** Groups the files of an answer by their folders. Used by `webview/search/results.ts`; pure. */
import type { Group } from '../../src/features/search/messages';

export interface Folder {
  /** Empty for files that lie in none. */
  readonly name: string;
  readonly groups: readonly Group[];
  /** Hits in all of them. */
  readonly hits: number;
}

/** In the order of the best hit of each folder, as the files are. */
export function byFolder(groups: readonly Group[]): Folder[] {
  const folders = new Map<string, Group[]>();
  for (const group of groups) {
    const own = folders.get(group.folder);
    if (own === undefined) folders.set(group.folder, [group]);
    else own.push(group);
  }
  return Array.from(folders, ([name, own]) => ({
    name,
    groups: own,
    hits: own.reduce((sum, { hits }) => sum + hits.length, 0),
  }));
}

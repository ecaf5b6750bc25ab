/**
 * The part of a folder that is looked at, as a set of paths; used by `walk.ts`, the indexer and the writer to update
 * only what changed.
 */

/** A part of a folder: some of its files and folders, with all that is in them. */
export class Scope {
  readonly #wanted: ReadonlySet<string>;
  readonly #above = new Set<string>();

  /** @param paths from the root, with `/` between folders and none at the end */
  constructor(paths: Iterable<string>) {
    this.#wanted = new Set(paths);
    for (const path of this.#wanted) for (const folder of foldersOf(path)) this.#above.add(folder);
  }

  /** What is wanted, as it was given. */
  get paths(): Iterable<string> {
    return this.#wanted;
  }

  /** Whether a file or folder is wanted, or lies in a folder that is. */
  covers(path: string): boolean {
    return this.#wanted.has(path) || foldersOf(path).some((folder) => this.#wanted.has(folder));
  }

  /** Whether something that is wanted lies in a folder. */
  leadsInto(folder: string): boolean {
    return this.#above.has(folder);
  }
}

/** `a/b/c` → `a`, `a/b` */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

/** What is still to be looked at, in its order, nothing twice. Used by `writer.ts`; it knows nothing of indexes. */
import type { StoredRoot, WriterCommand } from './commands';

export interface IndexingJob {
  readonly root: string;
  /** Files and folders to look at; everything where it is absent. */
  readonly paths?: ReadonlySet<string>;
}

/** More changes at once are a checkout: the whole root is looked at, which costs less than the list. */
const maxPaths = 2_000;
const ruleFile = /(?:^|\/)\.(?:gitignore|glassboxignore)$/;

export class Jobs {
  #waiting: IndexingJob[] = [];

  get areLeft(): boolean {
    return this.#waiting.length > 0;
  }

  /** What is looked at anyway is not looked at twice. */
  add(job: IndexingJob): void {
    const same = this.#waiting.findIndex(({ root }) => root === job.root);
    const before = this.#waiting[same];
    if (before === undefined) this.#waiting.push(job);
    else if (before.paths !== undefined)
      this.#waiting[same] = job.paths === undefined ? job : { ...job, paths: new Set([...before.paths, ...job.paths]) };
  }

  /** Everything of all roots, but first what was used lately in each. */
  addAll(roots: readonly StoredRoot[]): void {
    for (const { path, first } of roots)
      if (first.length > 0) this.#waiting.push({ root: path, paths: new Set(first) });
    for (const { path } of roots) this.#waiting.push({ root: path });
  }

  next(): IndexingJob | undefined {
    return this.#waiting.shift();
  }

  clear(): void {
    this.#waiting = [];
  }
}

export function jobFor({ root, paths }: Extract<WriterCommand, { kind: 'changed' }>): IndexingJob {
  // Other rules may let in or leave out anything.
  const everything = paths === undefined || paths.length > maxPaths || paths.some((path) => ruleFile.test(path));
  return everything ? { root } : { root, paths: new Set(paths) };
}

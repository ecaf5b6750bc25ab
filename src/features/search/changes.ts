/**
 * Collects file changes per root and reports them in batches after a quiet period; looks at new folders again later.
 * Used by `fileChanges.vscode.ts`; reads no file itself.
 */

/** Milliseconds of quiet after which changes are reported together; a checkout makes thousands of them in a second. */
const quietMs = 300;
/** Milliseconds after which they are reported although there is no quiet. */
const maxDelayMs = 3_000;
/** Changes beyond this are not listed. */
const maxPaths = 2_000;
/**
 * Milliseconds after which a new folder is looked at again, twice: a watcher watches folders one by one, and misses
 * what happens in a folder between its appearance and that moment.
 */
const againMs = [2_000, 8_000] as const;

export interface ChangesOptions {
  /** Is given the absolute path of the root and paths from there, or none where anything may have changed. */
  readonly tell: (root: string, paths: string[] | undefined) => void;
  /** @param path from the root */
  readonly isFolder: (root: string, path: string) => Promise<boolean>;
}

/** What has changed in one root and was not reported yet. */
interface Waiting {
  readonly paths: Set<string>;
  /** Those of the paths that are new. */
  readonly created: Set<string>;
}

/** Collects changes of files and tells many at once. */
export class Changes {
  readonly #waiting = new Map<string, Waiting>();
  readonly #lookingAgain = new Map<NodeJS.Timeout, string>();
  #timer: NodeJS.Timeout | undefined;
  #since = 0;

  constructor(private readonly options: ChangesOptions) {}

  /** @param root absolute path @param path from there */
  note(root: string, path: string, isNew: boolean): void {
    if (path === '' || path === '.git' || path.startsWith('.git/')) return;
    if (this.#waiting.size === 0) this.#since = performance.now();
    const waiting = this.#waiting.get(root) ?? { paths: new Set(), created: new Set() };
    this.#waiting.set(root, waiting);
    // One more than can be listed says that there are too many.
    if (waiting.paths.size <= maxPaths) waiting.paths.add(path);
    if (isNew && waiting.created.size <= maxPaths) waiting.created.add(path);
    clearTimeout(this.#timer);
    const left = this.#since + maxDelayMs - performance.now();
    this.#timer = setTimeout(() => this.#tellAll(), Math.min(quietMs, Math.max(0, left)));
  }

  /** Stops collecting and reporting changes of a root. */
  forget(root: string): void {
    this.#waiting.delete(root);
    for (const [timer, of] of this.#lookingAgain) if (of === root) this.#endLooking(timer);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
    for (const timer of this.#lookingAgain.keys()) this.#endLooking(timer);
  }

  #tellAll(): void {
    for (const [root, { paths, created }] of this.#waiting) {
      this.options.tell(root, listed(paths));
      if (created.size > 0) void this.#lookAgain(root, created);
    }
    this.#waiting.clear();
  }

  async #lookAgain(root: string, created: ReadonlySet<string>): Promise<void> {
    const paths = listed(created);
    const isFolder = await Promise.all((paths ?? []).map((path) => this.options.isFolder(root, path)));
    const folders = paths?.filter((_, index) => isFolder[index]);
    if (folders?.length === 0) return;
    for (const delay of againMs) {
      const timer = setTimeout(() => {
        this.#endLooking(timer);
        this.options.tell(root, folders);
      }, delay);
      this.#lookingAgain.set(timer, root);
    }
  }

  #endLooking(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#lookingAgain.delete(timer);
  }
}

/** Undefined where there are too many. */
function listed(paths: ReadonlySet<string>): string[] | undefined {
  return paths.size > maxPaths ? undefined : [...paths];
}

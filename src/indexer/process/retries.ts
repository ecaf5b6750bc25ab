/**
 * Roots whose index could not be brought up to date, each with a time at which that is tried again: those that another
 * process writes, and those that failed. Used by the writer; it knows nothing of indexes.
 */

/** Milliseconds: how long a failure is waited after at most. */
const maxDelayMs = 600_000;

interface Retry {
  /** Why it failed, one sentence; undefined where another process writes the index. */
  readonly trouble: string | undefined;
  /** In a row. */
  readonly failures: number;
  readonly timer: NodeJS.Timeout;
}

export class Retries {
  readonly #roots = new Map<string, Retry>();

  /**
   * @param again brings all of a root up to date; may be called for roots that are no longer wanted
   * @param firstDelay milliseconds; after each failure in a row twice as long
   */
  constructor(
    private readonly again: (root: string) => void,
    private readonly firstDelay: number,
  ) {}

  /** Whether a root is to be looked at as a whole: what was missed is not known. */
  has(root: string): boolean {
    return this.#roots.has(root);
  }

  /** Whether another process writes one of them. */
  get waits(): boolean {
    return [...this.#roots.values()].some(({ trouble }) => trouble === undefined);
  }

  /** Why one of them is not up to date. */
  get trouble(): string | undefined {
    return [...this.#roots.values()].find(({ trouble }) => trouble !== undefined)?.trouble;
  }

  /** Another process writes the index: it may end at any time. */
  wait(root: string): void {
    this.#plan(root, undefined, 0);
  }

  fail(root: string, trouble: string): void {
    this.#plan(root, trouble, (this.#roots.get(root)?.failures ?? 0) + 1);
  }

  /** The root is up to date, or no longer wanted. */
  forget(root: string): void {
    clearTimeout(this.#roots.get(root)?.timer);
    this.#roots.delete(root);
  }

  #plan(root: string, trouble: string | undefined, failures: number): void {
    this.forget(root);
    const delay = Math.min(maxDelayMs, this.firstDelay * 2 ** Math.max(0, failures - 1));
    this.#roots.set(root, { trouble, failures, timer: setTimeout(() => this.again(root), delay).unref() });
  }
}

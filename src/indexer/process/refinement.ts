/**
 * Has the encoder embed in the background what it has not yet, root after root, until there is something more urgent. Used by
 * `writer.ts`; reads and writes no index itself.
 */
import { errorMessage } from '../../common/errorMessage';
import type { Embedder } from '../../ipc/indexer/embedder';
import type { SearchIndex } from '../searchIndex';
import { IndexingPace } from './pace';
import type { Pause } from './pause';
import type { StoredRoot } from './commands';
import type { WriterReport } from './report';

/** The index of a root, to be written. */
export interface WrittenRoot {
  readonly root: StoredRoot;
  readonly index: SearchIndex;
}

export interface RefinementOptions {
  readonly report: WriterReport;
  readonly pause: Pick<Pause, 'over'>;
  readonly log: (level: 'info' | 'warn', message: string) => void;
  /** Whether files wait to be read, which come before vectors. */
  readonly isUrgent: () => boolean;
  /** Called some time after the encoder has failed. */
  readonly again: () => void;
  /** Milliseconds until then. */
  readonly retryMs: number;
}

export class Refinement {
  /** Why the encoder embeds nothing, one sentence. */
  trouble: string | undefined;
  #encoder: Embedder | undefined;
  /** Whether the encoder embeds nothing for now. */
  #rests = false;
  /** Whether what is to be done has changed since it began. */
  #isOutdated = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: RefinementOptions) {}

  get encoder(): Embedder | undefined {
    return this.#encoder;
  }

  use(encoder: Embedder | undefined, rests: boolean): void {
    [this.#encoder, this.#rests, this.#isOutdated] = [encoder, rests, true];
  }

  /** Other files come first from now on. */
  outdate(): void {
    this.#isOutdated = true;
  }

  /** @returns whether there is something to do again */
  async refineAll(roots: Iterable<WrittenRoot>, signal: AbortSignal): Promise<boolean> {
    const { report, log, again, retryMs } = this.options;
    const isAborted = (): boolean => signal.aborted;
    this.#isOutdated = false;
    report.held = 0;
    this.trouble = undefined;
    clearTimeout(this.#retry);
    for (const written of roots) {
      written.index.useFull(this.#encoder);
      if (this.#encoder === undefined || !written.index.isWriter || isAborted()) continue;
      try {
        await this.#refine(written, signal);
      } catch (error) {
        if (isAborted()) return false;
        this.trouble = `The encoder does not answer, and meanings are compared without it: ${errorMessage(error)}`;
        log('warn', this.trouble);
        this.#retry = setTimeout(again, retryMs).unref();
        return false;
      } finally {
        report.refining = undefined;
      }
      if (this.#hasChanged(signal)) return true;
    }
    return this.#hasChanged(signal);
  }

  #hasChanged(signal: AbortSignal): boolean {
    return !signal.aborted && (this.options.isUrgent() || this.#isOutdated);
  }

  async #refine({ root, index }: WrittenRoot, signal: AbortSignal): Promise<void> {
    const { report, pause, log } = this.options;
    const pace = new IndexingPace(performance.now());
    const { missing, done, failure } = await index.upgrade({
      recent: root.first,
      signal,
      enough: () => this.#rests || this.#hasChanged(signal),
      turn: () => {
        report.soon();
        return pause.over;
      },
      onProgress: (progress) => {
        [pace.total, pace.files, pace.chunks] = [progress.missing, progress.done, progress.done];
        if (progress.missing > 0 && !this.#rests) report.refining = pace;
        report.now();
      },
    });
    if (this.#rests) report.held += missing - done;
    if (done > 0 || failure !== undefined)
      log(
        'info',
        `${root.path}: ${done} of ${missing} pieces embedded by the encoder${failure === undefined ? '' : `, which failed at some: ${failure}`}.`,
      );
  }
}

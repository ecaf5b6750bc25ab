/** Tells how far the writing of indexes is, a few times a second at most; used by `writer.ts` and `refinement.ts`. */
import type { Progress } from '../../ipc/indexer/protocol';
import { IndexingPace } from './pace';

/** Milliseconds between two reports. */
const reportEvery = 250;

/** What the writer knows of itself. */
export type WriterState = Pick<Progress, 'phase' | 'trouble'>;

export class WriterReport {
  /** Of the run. */
  pace = new IndexingPace(0);
  /** How far the encoder is, while it embeds. */
  refining: IndexingPace | undefined;
  /** How many chunks the encoder has not embedded because it rests. */
  held = 0;
  #next = 0;

  constructor(
    private readonly tell: (progress: Progress) => void,
    private readonly state: () => WriterState,
  ) {}

  beginRun(isPaused: boolean): void {
    const now = performance.now();
    this.pace = new IndexingPace(now);
    if (isPaused) this.pace.pause(now);
  }

  pause(): void {
    for (const pace of [this.pace, this.refining]) pace?.pause(performance.now());
    this.now();
  }

  resume(): void {
    for (const pace of [this.pace, this.refining]) pace?.resume(performance.now());
    this.now();
  }

  /** Unless it was told just now. */
  soon(): void {
    if (performance.now() >= this.#next) this.now();
  }

  now(): void {
    const now = performance.now();
    this.#next = now + reportEvery;
    const { refining, held } = this;
    const { files, total, chunks } = this.pace;
    const pace = refining ?? this.pace;
    const secondsLeft = pace.secondsLeft(now);
    this.tell({
      ...this.state(),
      files,
      ...(total === undefined ? {} : { total: Math.max(total, files) }),
      chunks,
      chunksPerSecond: pace.chunksPerSecond(now),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
      ...(refining === undefined ? {} : { refined: { done: refining.files, total: refining.total ?? 0 } }),
      ...(held === 0 ? {} : { held }),
    });
  }
}

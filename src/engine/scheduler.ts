import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EngineError } from './errors';
import { priorities, type Priority } from './protocol';
import type { Step } from './step';

/** Work that uses the engine's only thread. */
export interface Job<T> {
  readonly priority: Priority;
  /** Aborted with the `EngineError` that the job is to end with: `cancelled` or `deadline`. */
  readonly signal: AbortSignal;
  /** Awaits the step before each piece of work that blocks the thread. */
  run(step: Step): Promise<T>;
}

interface Entry extends Job<unknown> {
  /** Jobs of the same priority run in this order. */
  readonly order: number;
  readonly reject: (error: EngineError) => void;
  /** Runs the job to its end; never rejects. */
  begin(): Promise<void>;
  /** Set while the job waits inside its step for a more urgent one. */
  parked?: { resume(): void; reject(error: EngineError): void } | undefined;
}

/**
 * Lets one job run at a time, the most urgent first and the earliest of the same urgency. A running job gives way to a
 * more urgent one at its next step and goes on there afterwards. Jobs may use the same model: whatever one left in a
 * model's cache only costs the other time, since a decoder looks up before each run which of its rows still hold.
 */
export class Scheduler {
  readonly #queued = new Set<Entry>();
  readonly #begun = new Set<Entry>();
  #order = 0;

  /** Runs the job when its turn comes. Rejects with the signal's reason once that is aborted. */
  run<T>(job: Job<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry: Entry = {
        ...job,
        order: this.#order++,
        reject,
        begin: () => job.run(() => this.#step(entry)).then(resolve, reject),
      };
      job.signal.throwIfAborted();
      job.signal.addEventListener('abort', () => this.#abort(entry), { once: true });
      this.#queued.add(entry);
      this.#dispatch();
    });
  }

  /** Gives the thread to whoever is due, unless somebody has it: that one asks again at its next step. */
  #dispatch(): void {
    const begun = [...this.#begun];
    if (begun.some(({ parked }) => parked === undefined)) return;
    const due = [...begun, ...this.#queued].sort(byUrgency)[0];
    if (due?.parked !== undefined) due.parked.resume();
    else if (due !== undefined) void this.#begin(due);
  }

  async #begin(entry: Entry): Promise<void> {
    this.#queued.delete(entry);
    this.#begun.add(entry);
    await entry.begin();
    this.#begun.delete(entry);
    this.#dispatch();
  }

  async #step(entry: Entry): Promise<void> {
    // A macrotask: messages are received in between, which resolved promises alone would never allow.
    await nextTurn();
    entry.signal.throwIfAborted();
    if (![...this.#queued].some((other) => isMoreUrgent(other, entry))) return;
    await new Promise<void>((resolve, reject) => {
      entry.parked = {
        resume: () => { entry.parked = undefined; resolve(); },
        reject: (error) => { entry.parked = undefined; reject(error); },
      };
      this.#dispatch();
    });
  }

  /** A job that runs ends at its next step; one that waits, for its turn or inside its step, ends here. */
  #abort(entry: Entry): void {
    const reason = entry.signal.reason as EngineError;
    if (this.#queued.delete(entry)) entry.reject(reason);
    else entry.parked?.reject(reason);
  }
}

function isMoreUrgent(a: Entry, b: Entry): boolean {
  return priorities[a.priority] < priorities[b.priority];
}

function byUrgency(a: Entry, b: Entry): number {
  return priorities[a.priority] - priorities[b.priority] || a.order - b.order;
}

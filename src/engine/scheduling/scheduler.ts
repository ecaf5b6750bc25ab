/**
 * Runs one model job at a time by priority, interrupting a running job for a more urgent one; created by `server.ts`,
 * used by its handlers.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EngineError } from '../../ipc/engine/errors';
import { priorities } from '../../ipc/engine/protocol';
import type { Priority } from '../../ipc/engine/protocol';
import type { Step } from '../../common/step';

/** Work that runs models. */
export interface Job<T> {
  readonly priority: Priority;
  /** Aborted with the `EngineError` that the job is to end with: `cancelled` or `deadline`. */
  readonly signal: AbortSignal;
  /** Awaits the step before each piece of work that keeps the processor busy. */
  run(step: Step): Promise<T>;
  /** Called with true when the job begins or resumes, with false when it gives way to a more urgent one. */
  onTurn?(running: boolean): void;
}

interface Entry extends Job<unknown> {
  /** Jobs of the same priority run in this order. */
  readonly order: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Ends the run that the job's last step has let begin. */
  interrupt?: AbortController;
  /** Set while the job waits inside its step for a more urgent one. */
  parked?: { resume(): void; reject(error: EngineError): void } | undefined;
}

/**
 * Lets one job run at a time, the most urgent first and the earliest of the same urgency. A running job gives way to a
 * more urgent one: what it runs is interrupted, and it waits in its next step until it goes on where it was. So of each
 * priority at most one job has begun and not ended.
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
        run: (step) => job.run(step),
        onTurn: (running) => job.onTurn?.(running),
        order: this.#order++,
        resolve: (value) => resolve(value as T),
        reject,
      };
      job.signal.throwIfAborted();
      job.signal.addEventListener('abort', () => this.#abort(entry), { once: true });
      this.#queued.add(entry);
      for (const other of this.#begun) if (isMoreUrgent(entry, other)) other.interrupt?.abort();
      this.#dispatch();
    });
  }

  /** Starts or resumes the most urgent job. Does nothing while a job runs: it calls this when it parks or ends. */
  #dispatch(): void {
    const begun = [...this.#begun];
    if (begun.some(({ parked }) => parked === undefined)) return;
    const due = [...begun, ...this.#queued].sort(byUrgency)[0];
    if (due === undefined) return;
    if (due.parked === undefined) void this.#begin(due);
    else due.parked.resume();
  }

  async #begin(entry: Entry): Promise<void> {
    this.#queued.delete(entry);
    this.#begun.add(entry);
    entry.onTurn?.(true);
    try {
      entry.resolve(await entry.run(() => this.#step(entry)));
    } catch (error) {
      entry.reject(error);
    }
    this.#begun.delete(entry);
    this.#dispatch();
  }

  async #step(entry: Entry): Promise<AbortSignal> {
    // A macrotask: messages are received in between, which resolved promises alone would never allow.
    await nextTurn();
    entry.signal.throwIfAborted();
    if ([...this.#queued].some((other) => isMoreUrgent(other, entry))) await this.#park(entry);
    entry.interrupt = new AbortController();
    return entry.interrupt.signal;
  }

  #park(entry: Entry): Promise<void> {
    entry.onTurn?.(false);
    return new Promise((resolve, reject) => {
      entry.parked = {
        resume: () => {
          entry.parked = undefined;
          entry.onTurn?.(true);
          resolve();
        },
        reject: (error) => {
          entry.parked = undefined;
          reject(error);
        },
      };
      this.#dispatch();
    });
  }

  /** A job that runs ends at its next step, which comes soon; one that waits, for its turn or in its step, ends here. */
  #abort(entry: Entry): void {
    const reason = entry.signal.reason as EngineError;
    entry.interrupt?.abort();
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

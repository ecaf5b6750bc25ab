import { setImmediate as nextTurn } from 'node:timers/promises';
import { EngineError } from './errors';
import { priorities, type Priority } from './protocol';
import type { Step } from './step';

/** Work that uses the engine's only thread. */
export interface Job<T> {
  readonly priority: Priority;
  /** Names what only one job may use at a time, for example the model whose cache it writes. */
  readonly resource: string;
  /** Aborted with the `EngineError` that the job is to end with: `cancelled` or `deadline`. */
  readonly signal: AbortSignal;
  /** May be called again from the start, after a call of it was made to reject by its step. */
  run(step: Step): Promise<T>;
}

interface Entry extends Job<unknown> {
  readonly order: number;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** Set while the job waits inside its step for a more urgent one. */
  parked?: { resume(): void; throw(error: EngineError): void } | undefined;
}

/** Thrown by the step of a job that holds what a more urgent one needs; the job is run again afterwards. */
class GiveWay extends EngineError {
  constructor() {
    super('cancelled', 'A more urgent request needs the same model.');
  }
}

/**
 * Lets one job run at a time, the most urgent first and the earliest of the same urgency. A running job gives way to a
 * more urgent one at its next step: it waits there, or, where both need the same resource, it ends there and is run
 * again from its start. Running again costs the less urgent job what it had computed, and in return no job ever finds
 * the cache of its model changed behind its back. It takes the road that a cancelled job takes, so runners need no
 * code for it.
 */
export class Scheduler {
  readonly #queue: Entry[] = [];
  readonly #begun = new Set<Entry>();
  #order = 0;

  /** Runs the job when its turn comes. Rejects with the signal's reason once that is aborted. */
  run<T>(job: Job<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry: Entry = {
        ...job,
        run: (step) => job.run(step),
        order: this.#order++,
        resolve: (value) => resolve(value as T),
        reject,
      };
      job.signal.addEventListener('abort', () => this.#abort(entry), { once: true });
      this.#queue.push(entry);
      this.#dispatch();
    });
  }

  /** Gives the thread to whoever is due, unless somebody has it: that one asks again at its next step. */
  #dispatch(): void {
    const begun = [...this.#begun];
    if (begun.some((entry) => entry.parked === undefined)) return;
    const next = [...begun, ...this.#queue].sort(byUrgency)[0];
    if (next === undefined) return;
    if (next.parked !== undefined) {
      next.parked.resume();
      return;
    }
    const holder = begun.find((entry) => entry.resource === next.resource);
    if (holder === undefined) void this.#begin(next);
    else holder.parked?.throw(new GiveWay());
  }

  async #begin(entry: Entry): Promise<void> {
    this.#queue.splice(this.#queue.indexOf(entry), 1);
    this.#begun.add(entry);
    try {
      entry.signal.throwIfAborted();
      entry.resolve(await entry.run(() => this.#step(entry)));
    } catch (error) {
      if (error instanceof GiveWay) this.#queue.push(entry);
      else entry.reject(error);
    } finally {
      this.#begun.delete(entry);
      this.#dispatch();
    }
  }

  async #step(entry: Entry): Promise<void> {
    // A macrotask: messages are received in between, which resolved promises alone would never allow.
    await nextTurn();
    entry.signal.throwIfAborted();
    if (!this.#queue.some((other) => isMoreUrgent(other, entry))) return;
    await new Promise<void>((resolve, reject) => {
      entry.parked = {
        resume: () => { entry.parked = undefined; resolve(); },
        throw: (error) => { entry.parked = undefined; reject(error); },
      };
      this.#dispatch();
    });
    entry.signal.throwIfAborted();
  }

  #abort(entry: Entry): void {
    const place = this.#queue.indexOf(entry);
    const reason = entry.signal.reason as EngineError;
    if (place >= 0) {
      this.#queue.splice(place, 1);
      entry.reject(reason);
    } else {
      entry.parked?.throw(reason);
    }
  }
}

function isMoreUrgent(a: Job<unknown>, b: Job<unknown>): boolean {
  return priorities[a.priority] < priorities[b.priority];
}

function byUrgency(a: Entry, b: Entry): number {
  return priorities[a.priority] - priorities[b.priority] || a.order - b.order;
}

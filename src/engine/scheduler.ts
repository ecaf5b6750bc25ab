import { setImmediate as nextTurn } from 'node:timers/promises';
import { EngineError } from './errors';
import { priorities, type Priority } from './protocol';
import type { Step } from './step';

/** Work that uses the engine's only thread. */
export interface Job<T> {
  readonly priority: Priority;
  /** Names what only one job may use at a time: the model whose cache it writes. */
  readonly resource: string;
  /** Aborted with the `EngineError` that the job is to end with: `cancelled` or `deadline`. */
  readonly signal: AbortSignal;
  /**
   * Awaits the step before each piece of work that blocks the thread. Called again, from the start, when a step made
   * it reject because a more urgent job needed the resource.
   */
  run(step: Step): Promise<T>;
}

interface Entry extends Job<unknown> {
  /** Jobs of the same priority run in this order. */
  readonly order: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Set while the job waits inside its step for a more urgent one. */
  parked?: { resume(): void; reject(error: EngineError): void } | undefined;
}

/** Ends the call of a job that holds what a more urgent one needs; the job is run again afterwards. */
class GiveWay extends EngineError {
  constructor() {
    super('cancelled', 'A more urgent request needs the same model.');
  }
}

/**
 * Lets one job run at a time, the most urgent first and the earliest of the same urgency. A running job gives way to a
 * more urgent one at its next step: it waits there and goes on afterwards, or, where both need the same resource, ends
 * there and is run again. Running again costs the less urgent job what it had computed; in return no job ever finds
 * the cache of its model changed behind its back, and runners need no code for it: it ends as a cancelled one does.
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
        order: this.#order++,
        resolve: (value) => resolve(value as T),
        reject,
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
    if (due === undefined) return;
    if (due.parked !== undefined) {
      due.parked.resume();
      return;
    }
    const holder = begun.find(({ resource }) => resource === due.resource);
    if (holder === undefined) void this.#begin(due);
    else holder.parked?.reject(new GiveWay());
  }

  async #begin(entry: Entry): Promise<void> {
    this.#queued.delete(entry);
    this.#begun.add(entry);
    try {
      entry.resolve(await entry.run(() => this.#step(entry)));
    } catch (error) {
      if (!(error instanceof GiveWay)) entry.reject(error);
      else if (entry.signal.aborted) entry.reject(entry.signal.reason);
      else this.#queued.add(entry);
    }
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

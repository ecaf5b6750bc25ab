/**
 * Judges whether a thread of a child process hangs. Pure: the watchdog thread hands in what it sees once a second.
 */

/** What a process says last where it is ended because it hangs begins with it; see `Child`. */
export const hangMark = 'Hung: ';

/** How long a thread may be silent, and what is allowed to native calls that it has announced. */
export interface ThreadLimits {
  /** How the sentence calls the thread: `main thread`. */
  readonly name: string;
  /** Seconds without a beat. */
  readonly silentS: number;
}

/** What a thread has signalled by now. */
export interface Signs {
  /** Grows while the thread's event loop turns; 0 before the thread has begun to beat. */
  readonly beats: number;
  /** Announced calls that are under way. */
  readonly announced: number;
}

/** What the whole process has used since its start. */
export interface Usage {
  readonly bytesRead: number;
  /** Milliseconds of processor time, of all threads together. */
  readonly processorMs: number;
}

/** Seconds in which an announced call may neither read nor calculate. */
const stalledS = 60;
/** Seconds that an announced call may calculate on all processors without reading a byte. */
const busyS = 120;
/** Less processor time in a second is none: watching takes some, too. Milliseconds. */
const idleMs = 20;

/**
 * Judges one thread from its signs, once a second. Seconds are counted by the calls, not by a clock: while the machine
 * sleeps or the process is stopped, neither the thread nor the watchdog runs, and nothing is counted.
 */
export class Watch {
  #beats = 0;
  #silent = 0;
  #usage: Usage | undefined;
  #stalled = 0;
  #busyMs = 0;

  /** @param processors how many the process may use */
  constructor(
    private readonly limits: ThreadLimits,
    private readonly processors: number,
  ) {}

  /**
   * @param usage asked for while a call is announced only
   * @returns why the thread is taken to hang, the rest of a sentence that begins with the process; undefined while it is not
   */
  second({ beats, announced }: Signs, usage: () => Usage): string | undefined {
    const beaten = beats !== this.#beats;
    this.#beats = beats;
    if (announced > 0) {
      this.#silent = 0;
      return this.#judgeCall(usage());
    }
    this.#usage = undefined;
    this.#silent = beaten || beats === 0 ? 0 : this.#silent + 1;
    if (this.#silent < this.limits.silentS) return undefined;
    return `its ${this.limits.name} did not answer for ${this.limits.silentS} s`;
  }

  /** The watchdog itself was held up: what it has seen last says nothing of the thread. */
  forgive(): void {
    this.#silent = 0;
    this.#stalled = 0;
  }

  #judgeCall(usage: Usage): string | undefined {
    const before = this.#usage;
    this.#usage = usage;
    if (before === undefined || usage.bytesRead > before.bytesRead) {
      this.#stalled = 0;
      this.#busyMs = 0;
      return undefined;
    }
    const spentMs = usage.processorMs - before.processorMs;
    this.#busyMs += spentMs;
    this.#stalled = spentMs < idleMs ? this.#stalled + 1 : 0;
    if (this.#stalled >= stalledS) return `what it opens or packs was neither read nor calculated for ${stalledS} s`;
    if (this.#busyMs >= busyS * 1_000 * this.processors)
      return `what it opens or packs took ${Math.round(this.#busyMs / 1_000)} s of processor time without reading anything`;
    return undefined;
  }
}

/**
 * What a thread of a child process tells the watchdog of that process, through shared memory: the watchdog reads it
 * whatever the thread is doing.
 */
import type { Signs } from './watch';

/** Milliseconds between two beats. */
const beatEveryMs = 1_000;
/** 32-bit numbers of each thread: beats, then calls that are under way. */
const numbersPerThread = 2;

/** @param threads how many threads are to be watched */
export function pulseMemory(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(threads * numbersPerThread * Int32Array.BYTES_PER_ELEMENT);
}

/** One thread's place in the memory. */
export class Pulse {
  readonly #numbers: Int32Array;

  constructor(
    readonly memory: SharedArrayBuffer,
    thread: number,
  ) {
    this.#numbers = new Int32Array(memory, thread * numbersPerThread * Int32Array.BYTES_PER_ELEMENT, numbersPerThread);
  }

  /** Beats from now on, as long as the event loop of the calling thread turns. */
  start(): void {
    const beat = (): void => void Atomics.add(this.#numbers, 0, 1);
    beat();
    setInterval(beat, beatEveryMs).unref();
  }

  /** Announces a call that may keep the thread for long, such as opening or packing a session. */
  begin(): void {
    Atomics.add(this.#numbers, 1, 1);
  }

  end(): void {
    Atomics.sub(this.#numbers, 1, 1);
  }

  /** Announces `work` while it lasts. */
  during<Result>(work: () => Result): Result {
    this.begin();
    try {
      return work();
    } finally {
      this.end();
    }
  }

  get signs(): Signs {
    return { beats: Atomics.load(this.#numbers, 0), announced: Atomics.load(this.#numbers, 1) };
  }
}

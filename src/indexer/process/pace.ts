/**
 * Measures the speed and remaining time of an indexing run, without its pauses; used by the writer for progress. The
 * clock is passed in.
 */

/** How far a run has come, and when it will be done at the speed that it has had so far. */
export class IndexingPace {
  #worked = 0;
  #since: number;
  files = 0;
  chunks = 0;
  /** Files that there are; undefined while they are still being counted. */
  total: number | undefined;

  /** @param now milliseconds, from any moment on */
  constructor(now: number) {
    this.#since = now;
  }

  pause(now: number): void {
    this.#worked += now - this.#since;
    this.#since = Infinity;
  }

  resume(now: number): void {
    this.#since = now;
  }

  chunksPerSecond(now: number): number {
    const seconds = this.#seconds(now);
    return seconds <= 0 ? 0 : this.chunks / seconds;
  }

  /** Seconds of work that are left; undefined before the files are counted and the first one is done. */
  secondsLeft(now: number): number | undefined {
    if (this.total === undefined || this.files === 0) return undefined;
    return (this.#seconds(now) * Math.max(0, this.total - this.files)) / this.files;
  }

  #seconds(now: number): number {
    return (this.#worked + (this.#since === Infinity ? 0 : now - this.#since)) / 1000;
  }
}

/**
 * Keeps the measured best thread count of this machine in a cache file, and measures it once while no request runs;
 * used by `chooseThreads.ts`. It applies from the next start.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { minGoodThreads, threadCandidates } from './threads';

const content = v.strictObject({
  format: v.literal(1),
  machine: v.string(),
  threads: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/** So long nothing is asked for before the machine is measured, milliseconds. */
const quietMs = 3_000;

/**
 * The number of threads that was measured to be best on this machine, in a file of a cache folder. It is measured once,
 * while nothing is asked for, and holds from the next start on.
 */
export class ThreadMemory {
  readonly #file: string | undefined;
  readonly #machine: string;
  #timer: NodeJS.Timeout | undefined;
  #running = 0;

  /**
   * @param folder made where it is missing; without one, nothing is measured
   * @param time see `timeThreads`
   */
  constructor(
    folder: string | undefined,
    private readonly processors: number,
    private readonly time: (
      counts: readonly number[],
      isWanted: () => boolean,
    ) => Promise<ReadonlyMap<number, number> | undefined>,
    private readonly quiet = quietMs,
  ) {
    this.#file = folder === undefined ? undefined : join(folder, 'threads.json');
    this.#machine = `${cpus()[0]?.model ?? ''} × ${processors}`;
  }

  /** `undefined` where it was not measured yet. */
  get best(): number | undefined {
    if (this.#file === undefined) return undefined;
    try {
      const { machine, threads } = v.parse(content, JSON.parse(readFileSync(this.#file, 'utf8')));
      return machine === this.#machine ? threads : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param running how many requests there are now */
  note(running: number): void {
    this.#running = running;
    clearTimeout(this.#timer);
    if (running > 0 || this.#file === undefined || this.processors === 1 || this.best !== undefined) return;
    this.#timer = setTimeout(() => void this.#measure(), this.quiet).unref();
  }

  async #measure(): Promise<void> {
    try {
      const times = await this.time(threadCandidates(this.processors), () => this.#running === 0);
      if (times) this.#write(minGoodThreads(times));
    } catch {
      // The usual number does as well, and the next pause is another chance.
    }
  }

  #write(threads: number): void {
    if (this.#file === undefined) return;
    mkdirSync(join(this.#file, '..'), { recursive: true });
    const fresh = `${this.#file}.${process.pid}`;
    writeFileSync(fresh, JSON.stringify({ format: 1, machine: this.#machine, threads }));
    renameSync(fresh, this.#file);
  }
}

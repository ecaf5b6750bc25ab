/**
 * Queues models whose weights should be packed and starts a child process for each while no request runs; used by
 * `serve.ts`. Each model is tried once per process.
 */
import { join } from 'node:path';
import { runAside } from './aside';
import type { PackedSubject } from '../weightCache/packedGraphKey';

/** So long nothing is asked for before weights are packed, milliseconds. */
const quietMs = 5_000;
/** A process that packs has this long, milliseconds. */
const limitMs = 300_000;

/** Packs what is missing while nothing is asked for, one model at a time, each once. */
export class PackingQueue {
  readonly #waiting: PackedSubject[] = [];
  readonly #seen = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running = 0;
  #making = false;

  /**
   * @param make packs; answers with a sentence for the log
   * @param log called with sentences that say what was packed, and what was not and why
   */
  constructor(
    private readonly make: (subject: PackedSubject) => Promise<string>,
    private readonly log: (sentence: string) => void,
    private readonly quiet = quietMs,
  ) {}

  add(subject: PackedSubject): void {
    const key = `${subject.graph} ${subject.form}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#waiting.push(subject);
    this.#plan();
  }

  /** @param running how many requests there are now */
  note(running: number): void {
    this.#running = running;
    this.#plan();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#running > 0 || this.#making || this.#waiting.length === 0) return;
    // `unref`: this timer must not keep the process alive.
    this.#timer = setTimeout(() => void this.#next(), this.quiet).unref();
  }

  async #next(): Promise<void> {
    const subject = this.#waiting.shift();
    if (subject === undefined) return;
    this.#making = true;
    this.log(
      await this.make(subject).catch(
        (error: unknown) =>
          `The weights of ${subject.graph} are packed anew at every opening: ${(error as Error).message}.`,
      ),
    );
    this.#making = false;
    this.#plan();
  }
}

/** Absolute path of the folder of packed graphs in the engine's own. */
export const packedFolder = (cache: string): string => join(cache, 'packed');

/**
 * Packs a model's weights in a process of its own: it takes as much memory again, and may be ended at any time.
 *
 * @param modulePath the engine's bundle
 * @param cache absolute path of the engine's folder for what can be made again
 * @throws {Error} with the reason
 */
export function makeAside(modulePath: string, cache: string, { model, form }: PackedSubject): Promise<string> {
  return runAside(modulePath, ['--pack', model, '--form', form, '--cache', cache], limitMs);
}

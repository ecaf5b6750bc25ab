/**
 * The file that holds the numbers of suggestions, for all windows: adds to it, reads and removes it. Used by the learning;
 * writes a whole file or none, and nothing where a newer version of the extension has written.
 */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { merged, noStatistics, statisticsSchema } from './statistics';
import type { SuggestionStatistics } from './statistics';

/** A lock older than this was left by a process that has ended. Milliseconds. */
const staleAfterMs = 10_000;
const tries = 40;
const betweenTriesMs = 25;

/** Newer than what is understood here. */
class NewerFile extends Error {
  override readonly name = 'NewerFile';
}

/** One small file of JSON; several windows, and processes, may use it at once. */
export class StatisticsFile {
  /** @param path absolute */
  constructor(private readonly path: string) {}

  /** What it holds; nothing where there is none, where it is damaged or newer than this. */
  async read(): Promise<SuggestionStatistics> {
    try {
      return await this.#read();
    } catch {
      return noStatistics();
    }
  }

  /**
   * Adds numbers to it.
   *
   * @returns what it holds then
   * @throws {Error} of the file system, or where a newer version has written it: nothing was changed then
   */
  add(since: SuggestionStatistics): Promise<SuggestionStatistics> {
    return this.change((before) => merged(before, since));
  }

  /** @throws {Error} as {@link add} does */
  change(change: (before: SuggestionStatistics) => SuggestionStatistics): Promise<SuggestionStatistics> {
    return this.#locked(async () => {
      const after = change(await this.#read());
      const made = `${this.path}.new`;
      const file = await open(made, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(after));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(made, this.path);
      return after;
    });
  }

  /** Removes it, whoever has written it. */
  remove(): Promise<void> {
    return this.#locked(() => rm(this.path, { force: true }));
  }

  async #read(): Promise<SuggestionStatistics> {
    let value: unknown;
    try {
      value = JSON.parse(await readFile(this.path, 'utf8'));
    } catch (error) {
      // What cannot be read now may be read later, and is not written over.
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return noStatistics();
      throw error;
    }
    const parsed = v.safeParse(statisticsSchema, value);
    if (parsed.success) return parsed.output;
    const newer = v.is(v.object({ version: v.pipe(v.number(), v.minValue(2)) }), value);
    if (newer) throw new NewerFile('The numbers of suggestions were written by a newer version.');
    return noStatistics();
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const lock = `${this.path}.lock`;
    await mkdir(dirname(this.path), { recursive: true });
    for (let left = tries; ; left--) {
      try {
        await (await open(lock, 'wx')).close();
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || left === 0) throw error;
        const since = await stat(lock).catch(() => undefined);
        if (since && Date.now() - since.mtimeMs > staleAfterMs) await rm(lock, { force: true });
        else await sleep(betweenTriesMs);
      }
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }
}

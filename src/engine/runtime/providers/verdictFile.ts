/**
 * Stores accelerator verdicts in a cache file by provider, adapters, runtime version and model; used by `devices.ts`
 * and created by `chooseDevices.ts`. A damaged file counts as empty.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { ProviderName } from '../../../ipc/engine/devices';
import { verdictSchema } from './verdict';
import type { ProviderVerdict } from './verdict';

/** What a verdict holds for: nothing else of these may have changed. */
export interface VerdictKey {
  readonly provider: ProviderName;
  /** See `findAdapters`. */
  readonly adapters: string;
  /** Version of ONNX Runtime. */
  readonly runtime: string;
  /** Tells the model's content apart. */
  readonly model: string;
}

/** In the file, a verdict's `maxRows` is called `mostRows`. */
const { maxRows: rows, ...others } = verdictSchema.entries;
const storedVerdict = v.pipe(
  v.strictObject({ ...others, mostRows: rows }),
  v.transform(({ mostRows, ...verdict }): ProviderVerdict => ({ ...verdict, maxRows: mostRows })),
);
const stored = ({ maxRows, ...verdict }: ProviderVerdict): v.InferInput<typeof storedVerdict> => ({
  ...verdict,
  mostRows: maxRows,
});

const entry = v.strictObject({ provider: v.string(), adapters: v.string(), verdict: storedVerdict });
type Entry = v.InferOutput<typeof entry>;
const content = v.strictObject({ format: v.literal(1), verdicts: v.record(v.string(), entry) });

/** Oldest go first beyond this many. */
const maxVerdicts = 100;

/** The verdicts of this machine, in a file of a cache folder. A file that is damaged or missing has none. */
export class VerdictFile {
  readonly #file: string | undefined;
  #memory: Record<string, Entry> = {};

  /** @param folder made where it is missing; without one, verdicts last as long as the process */
  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : join(folder, 'accelerators.json');
  }

  get(subject: VerdictKey): ProviderVerdict | undefined {
    return this.#read()[keyOf(subject)]?.verdict;
  }

  /** @throws {Error} where the folder cannot be written */
  put(subject: VerdictKey, verdict: ProviderVerdict): void {
    const { [keyOf(subject)]: _, ...others } = this.#read();
    this.#write({ ...others, [keyOf(subject)]: { provider: subject.provider, adapters: subject.adapters, verdict } });
  }

  /** The provider has failed with these adapters after it was found right. @throws {Error} as `put` does */
  revoke({ provider, adapters }: Pick<VerdictKey, 'provider' | 'adapters'>, reason: string): void {
    const verdicts = Object.entries(this.#read()).map(([key, one]): [string, Entry] => {
      const concerned = one.provider === provider && one.adapters === adapters && one.verdict.maxRows > 0;
      return [key, concerned ? { ...one, verdict: { ...one.verdict, maxRows: 0, reason } } : one];
    });
    this.#write(Object.fromEntries(verdicts));
  }

  #read(): Record<string, Entry> {
    if (this.#file === undefined) return this.#memory;
    try {
      return v.parse(content, JSON.parse(readFileSync(this.#file, 'utf8'))).verdicts;
    } catch {
      return {};
    }
  }

  /** Replaces the file by a rename, so that a reader finds the old or the new one, whole. */
  #write(verdicts: Record<string, Entry>): void {
    if (this.#file === undefined) {
      this.#memory = verdicts;
      return;
    }
    mkdirSync(dirname(this.#file), { recursive: true });
    const fresh = `${this.#file}.${randomUUID()}`;
    const kept = Object.entries(verdicts)
      .slice(-maxVerdicts)
      .map(([key, one]) => [key, { ...one, verdict: stored(one.verdict) }] as const);
    try {
      writeFileSync(fresh, JSON.stringify({ format: 1, verdicts: Object.fromEntries(kept) }, undefined, 2));
      renameSync(fresh, this.#file);
    } finally {
      rmSync(fresh, { force: true });
    }
  }
}

const keyOf = ({ provider, adapters, runtime, model }: VerdictKey): string =>
  createHash('sha256').update([provider, adapters, runtime, model].join('\n')).digest('hex').slice(0, 32);

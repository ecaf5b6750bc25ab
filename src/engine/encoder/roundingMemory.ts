/**
 * Remembers in a cache file, per processor and model, whether byte products pay for an encoder; created by `serve.ts`
 * and used by the encoder's `open.ts`. A damaged file counts as empty.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { modelIdentity } from '../../modelFolder/layouts/identity';

/** Oldest go first beyond this many. */
const maxEntries = 100;

const content = v.strictObject({ format: v.literal(1), pays: v.record(v.string(), v.boolean()) });

/**
 * Which encoders of this machine are better run with products of bytes, in a file of a cache folder. A file that is damaged
 * or missing knows none.
 */
export class RoundingMemory {
  readonly #file: string;
  readonly #machine: string;

  /** @param folder made where it is missing @param runtime version of ONNX Runtime, whose next one may do better or worse */
  constructor(folder: string, runtime: string) {
    this.#file = join(folder, 'encoders.json');
    this.#machine = `${cpus()[0]?.model ?? ''} ${process.arch} ${runtime}`;
  }

  /** @param graph absolute path of an ONNX file */
  get(graph: string): boolean | undefined {
    return this.#read()[this.#key(graph)];
  }

  put(graph: string, pays: boolean): void {
    const { [this.#key(graph)]: _, ...others } = this.#read();
    const entries = Object.entries({ ...others, [this.#key(graph)]: pays }).slice(-maxEntries);
    const fresh = `${this.#file}.${randomUUID()}`;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      try {
        writeFileSync(fresh, JSON.stringify({ format: 1, pays: Object.fromEntries(entries) }));
        renameSync(fresh, this.#file);
      } finally {
        rmSync(fresh, { force: true });
      }
    } catch {
      // The encoder is compared again when it is opened next.
    }
  }

  #key(graph: string): string {
    return createHash('sha256')
      .update(`${this.#machine}\n${modelIdentity(graph)}`)
      .digest('hex')
      .slice(0, 32);
  }

  #read(): Record<string, boolean> {
    try {
      return v.parse(content, JSON.parse(readFileSync(this.#file, 'utf8'))).pays;
    } catch {
      return {};
    }
  }
}

/**
 * Opens each model folder once and shares it between requests, until it is closed; used by the server's handlers, the
 * similarity service and `idleModels.ts`. Failed openings are not kept.
 */
import { resolve } from 'node:path';

/** What a store keeps: a folder that was opened for some use. */
export interface Closable {
  /** Absolute path of the folder. */
  readonly path: string;
  /** Gives its memory back; waits for the requests there are. */
  dispose?(): Promise<void>;
}

export type OpenModelFunction<Model> = (path: string) => Promise<Model>;

/**
 * The models of this process, each opened once, by the first request that needs it; other requests wait for the same
 * opening. A failure is not kept, so a folder that was repaired works at the next request.
 */
export class ModelStore<Model extends Closable> {
  readonly #open: OpenModelFunction<Model>;
  readonly #onLoading: (active: boolean) => void;
  readonly #models = new Map<string, Promise<Model>>();
  readonly #opened = new Set<string>();
  #loading = 0;

  /** @param onLoading called with true when the first of several openings begins, with false when the last has ended */
  constructor(open: OpenModelFunction<Model>, onLoading: (active: boolean) => void) {
    this.#open = open;
    this.#onLoading = onLoading;
  }

  /** Absolute paths of the models that are open. */
  get paths(): string[] {
    return [...this.#opened];
  }

  isOpen(folder: string): boolean {
    return this.#opened.has(resolve(folder));
  }

  /** @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`, with a sentence that says what to do */
  get(folder: string): Promise<Model> {
    const path = resolve(folder);
    const known = this.#models.get(path);
    if (known !== undefined) return known;
    const opening = this.#load(path);
    this.#models.set(path, opening);
    return opening;
  }

  /** The models that are open. */
  open(): Promise<Model[]> {
    return Promise.all([...this.#opened].flatMap((path) => this.#models.get(path) ?? []));
  }

  /** Gives a model's memory back; the next request opens it again. */
  async close(path: string): Promise<void> {
    const model = this.#opened.delete(path) ? this.#models.get(path) : undefined;
    if (model === undefined) return;
    this.#models.delete(path);
    await (await model).dispose?.();
  }

  async #load(path: string): Promise<Model> {
    if (this.#loading++ === 0) this.#onLoading(true);
    try {
      const model = await this.#open(path);
      this.#opened.add(path);
      return model;
    } catch (error) {
      this.#models.delete(path);
      throw error;
    } finally {
      if (--this.#loading === 0) this.#onLoading(false);
    }
  }
}

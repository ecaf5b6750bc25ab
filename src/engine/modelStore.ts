import { resolve } from 'node:path';
import { CompletionModel } from './decoder/complete';
import { Decoder } from './decoder/decoder';
import { GenerationModel, type Writer } from './decoder/generate';
import type { DecoderOptions } from './decoder/open';
import { openModelFolder } from './models/folder';
import type { ModelInfo } from './protocol';
import { Tokenizer } from './tokenizer/tokenizer';

/** A model folder, opened: one tokenizer, one decoder with its caches. */
export interface OpenModel {
  /** Absolute path of the folder. */
  readonly path: string;
  readonly info: ModelInfo;
  readonly tokenizer: Pick<Tokenizer, 'encodeWithRanges'>;
  readonly completion: Pick<CompletionModel, 'complete'>;
  readonly writer: Writer;
}

export type OpenModelFunction<Model = OpenModel> = (path: string) => Promise<Model>;

/**
 * The models of this process, each opened once, by the first request that needs it; everybody else waits for the same
 * opening. A failure is not kept, so a folder that was repaired works at the next request.
 */
export class ModelStore<Model = OpenModel> {
  readonly #open: OpenModelFunction<Model>;
  readonly #onLoading: (active: boolean) => void;
  readonly #models = new Map<string, Promise<Model>>();
  readonly #opened = new Set<string>();
  #loading = 0;

  /** @param onLoading hears when the first of several openings begins and when the last one has ended */
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

  /** @throws EngineError `modelMissing`, `modelInvalid` or `runtime`, with a sentence that says what to do */
  get(folder: string): Promise<Model> {
    const path = resolve(folder);
    const known = this.#models.get(path);
    if (known !== undefined) return known;
    const opening = this.#load(path);
    this.#models.set(path, opening);
    return opening;
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

/** @throws EngineError `modelMissing`, `modelInvalid` or `runtime`, with a sentence that says what to do */
export async function openModel(path: string, options: DecoderOptions): Promise<OpenModel> {
  const start = performance.now();
  const folder = await openModelFolder(path);
  const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
  const decoder = await Decoder.open(folder, options);
  const writer = new GenerationModel(folder, tokenizer, decoder);
  return {
    path,
    info: {
      name: folder.name,
      role: folder.role,
      contextLength: folder.contextLength,
      vocabularySize: folder.vocabularySize,
      fillsInTheMiddle: folder.promptLayout !== 'left-to-right',
      prompts: [...writer.prompts],
      loadMs: performance.now() - start,
    },
    tokenizer,
    completion: new CompletionModel(folder, tokenizer, decoder),
    writer,
  };
}

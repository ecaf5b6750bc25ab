import { EngineError } from '../errors';
import type { DecoderFolder } from '../models/types';
import type { CacheForm } from '../onnx/prepare';
import type { FinishReason, Sampling } from '../protocol';
import type { Session } from '../runtime/session';
import type { Step } from '../step';
import { readGraph } from './graph';
import { Network } from './network';
import { openDecoderSession } from './open';
import type { DecoderOptions } from './open';
import { Pace } from './pace';
import { planRun, rowsToKeep } from './plan';
import { createSampler } from './sampling';
import type { ScoredToken } from './sampling';

export interface GenerateRequest {
  /** At least one token, fewer than the context length. */
  readonly prompt: ArrayLike<number>;
  /** Generation also ends where the context is full. */
  readonly maxTokens: number;
  /** Generation ends with one of these, which is the last token of the result. */
  readonly stopIds: ReadonlySet<number>;
  /** Never generated. */
  readonly forbiddenIds: readonly number[];
  readonly sampling?: Sampling | undefined;
  /** Called with each token, the one that ends the generation included; decides on ends that only the text shows. */
  readonly onToken?: (token: ScoredToken) => 'continue' | 'stop';
}

export interface Generated {
  readonly tokens: readonly ScoredToken[];
  readonly finish: FinishReason;
  /** Prompt tokens that were in the cache and not run. */
  readonly reusedTokens: number;
  /** Prompt tokens that were run; an even number, so one that was cached may be among them. */
  readonly prefillTokens: number;
  /** Time of the runs up to the first token, without the pauses between them. */
  readonly prefillMs: number;
  /** Time of the runs behind the first token, one for each further token, without the pauses. */
  readonly decodeMs: number;
}

/**
 * Generates tokens with one model and keeps the keys and values of the last text between requests.
 *
 * The cache only ever saves time: a request gets the same tokens whatever came before it, and one that ends early
 * leaves exactly the rows it finished. Requests are served one after the other.
 */
export class Decoder {
  /** The tokens whose rows the network's cache holds are the first `#cachedLength` of these. */
  readonly #cached: Int32Array;
  #cachedLength = 0;
  #lastInLine: Promise<unknown> = Promise.resolve();
  readonly #network: Network;
  readonly #pace = new Pace();

  /**
   * Loads the folder's graph and checks that it is the decoder the folder says it is.
   *
   * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
   */
  static async open(folder: DecoderFolder, options: DecoderOptions): Promise<Decoder> {
    const { session, cacheForm } = await openDecoderSession(folder, options);
    try {
      return new Decoder(session, folder, cacheForm);
    } catch (error) {
      await session.dispose();
      throw error;
    }
  }

  /**
   * @param cacheForm how the graph keeps its cache, where its inputs do not tell
   * @throws {EngineError} `modelInvalid`
   */
  constructor(
    session: Session,
    private readonly folder: DecoderFolder,
    cacheForm?: CacheForm,
  ) {
    this.#network = new Network(session, readGraph(session, folder, cacheForm), folder.contextLength);
    this.#cached = new Int32Array(folder.contextLength);
  }

  /**
   * Continues `prompt`. `step` is awaited before every native run; what it throws ends the request. A `deadline` that
   * comes behind the first token ends it with the tokens there are.
   *
   * @throws {EngineError} `invalid` (the prompt does not fit the model), `runtime`, and what `step` throws
   */
  generate(request: GenerateRequest, step: Step): Promise<Generated> {
    return this.#inLine(() => this.#generate(request, step));
  }

  /** Waits for the requests there are; later ones fail with `runtime`. */
  dispose(): Promise<void> {
    return this.#inLine(() => this.#network.dispose());
  }

  async #generate(request: GenerateRequest, step: Step): Promise<Generated> {
    const text = this.#startText(request);
    const promptLength = request.prompt.length;
    const sample = createSampler(request.forbiddenIds, request.sampling);
    const tokens: ScoredToken[] = [];
    let length = promptLength;
    // The cache is not touched before the first run: a request that is cancelled at once leaves it as it was.
    let cached = this.#sharedLength(text.subarray(0, promptLength));
    let prefillTokens = 0;
    let prefillMs = 0;
    let decodeMs = 0;
    const result = (finish: FinishReason): Generated => ({
      tokens,
      finish,
      reusedTokens: promptLength - Math.min(prefillTokens, promptLength),
      prefillTokens,
      prefillMs,
      decodeMs,
    });

    for (;;) {
      try {
        await step();
      } catch (error) {
        if (tokens.length > 0 && error instanceof EngineError && error.code === 'deadline') return result('deadline');
        throw error;
      }
      const { logits, rows, ms } = await this.#advance(text.subarray(0, length), cached);
      cached = this.#cachedLength;
      if (tokens.length > 0) {
        decodeMs += ms;
      } else {
        prefillMs += ms;
        prefillTokens += rows;
      }
      if (!logits) continue;

      const token = sample(logits);
      tokens.push(token);
      const wanted = request.onToken?.(token) ?? 'continue';
      if (request.stopIds.has(token.id)) return result('endOfMiddle');
      if (wanted === 'stop') return result('stop');
      if (length + 1 >= text.length) return result('length');
      text[length++] = token.id;
    }
  }

  /** The prompt with room for what is generated behind it. */
  #startText({ prompt, maxTokens }: GenerateRequest): Int32Array {
    const { contextLength, vocabularySize, name } = this.folder;
    if (prompt.length === 0) throw new EngineError('invalid', 'A prompt needs at least one token.');
    if (prompt.length >= contextLength) {
      throw new EngineError('invalid', `The prompt has ${prompt.length} tokens, but ${name} takes fewer than ${contextLength}.`);
    }
    const text = new Int32Array(Math.min(prompt.length + Math.max(1, maxTokens), contextLength));
    text.set(prompt);
    if (text.some((id) => id < 0 || id >= vocabularySize)) {
      throw new EngineError('invalid', `The prompt has a token that ${name} does not know.`);
    }
    return text;
  }

  /**
   * One native run towards the logits behind the last token of `text`, of which the first `cached` tokens are in the
   * cache. The logits are there once nothing is left to run.
   */
  async #advance(text: Int32Array, cached: number): Promise<{ logits: Float32Array | undefined; rows: number; ms: number }> {
    const run = planRun(text.length, cached, this.#pace.rows);
    const started = performance.now();
    let logits: Float32Array;
    try {
      logits = await this.#network.run(text, run);
    } catch (error) {
      this.#cachedLength = 0;
      this.#network.clear();
      throw error;
    }
    const ms = performance.now() - started;
    this.#pace.record(run.rows, ms);
    const end = run.past + run.rows;
    this.#cached.set(text.subarray(run.past, end), run.past);
    this.#cachedLength = rowsToKeep(run);
    return { logits: end === text.length ? logits : undefined, rows: run.rows, ms };
  }

  /** How many of the text's first tokens are in the cache. */
  #sharedLength(text: Int32Array): number {
    const most = Math.min(text.length, this.#cachedLength);
    let length = 0;
    while (length < most && text[length] === this.#cached[length]) length++;
    return length;
  }

  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastInLine.then(work);
    this.#lastInLine = result.catch(() => undefined);
    return result;
  }
}

import { EngineError } from '../errors';
import type { DecoderFolder } from '../models/types';
import type { CacheForm } from '../onnx/prepare';
import type { FinishReason, Priority, Sampling } from '../protocol';
import { RunInterrupted } from '../runtime/session';
import type { Session } from '../runtime/session';
import type { Step } from '../step';
import { readGraph } from './graph';
import { Network } from './network';
import { openDecoderSession } from './open';
import type { DecoderOptions } from './open';
import { Pace } from './pace';
import { planRun } from './plan';
import { createSampler } from './sampling';
import type { ScoredToken } from './sampling';
import { Sequences } from './sequences';
import type { Sequence } from './sequences';

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
  /** Whose cached sequence is extended; that of the last completion where it is left out. */
  readonly sequence?: Priority | undefined;
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

/** What one native run came to. */
interface Advance {
  /** [vocabulary], behind the last token of the text, where that was reached. */
  readonly logits?: Float32Array;
  readonly rows: number;
  readonly ms: number;
}

/** What the cached sequences of a model may occupy together unless the options say otherwise. */
const usualCacheBytes = 256 * 2 ** 20;

/**
 * Generates tokens with one model and keeps the keys and values of the last text of each priority between requests.
 *
 * The caches only ever save time: a request gets the same tokens whatever came before it or runs beside it, and one
 * that ends early leaves exactly the rows it finished.
 */
export class Decoder {
  readonly #network: Network;
  readonly #sequences: Sequences;
  readonly #pace: Pace;
  readonly #active = new Set<Promise<unknown>>();
  #lastRun: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /**
   * Loads the folder's graph and checks that it is the decoder the folder says it is.
   *
   * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
   */
  static async open(folder: DecoderFolder, options: DecoderOptions): Promise<Decoder> {
    const { session, cacheForm } = await openDecoderSession(folder, options);
    try {
      return new Decoder(session, folder, cacheForm, options.cacheBytes);
    } catch (error) {
      await session.dispose();
      throw error;
    }
  }

  /**
   * @param cacheForm how the graph keeps its cache, where its inputs do not tell
   * @param cacheBytes see `Sequences`
   * @throws {EngineError} `modelInvalid`
   */
  constructor(
    session: Session,
    private readonly folder: DecoderFolder,
    cacheForm?: CacheForm,
    cacheBytes = usualCacheBytes,
  ) {
    const network = new Network(session, readGraph(session, folder, cacheForm), folder.contextLength);
    this.#network = network;
    this.#sequences = new Sequences(() => network.createCache(), folder.contextLength, cacheBytes);
    this.#pace = new Pace(network.interruptible);
  }

  /**
   * Continues `prompt`. `step` is awaited before every native run; what it throws ends the request. A `deadline` that
   * comes behind the first token ends it with the tokens there are.
   *
   * @throws {EngineError} `invalid` (the prompt does not fit the model), `runtime`, and what `step` throws
   */
  async generate(request: GenerateRequest, step: Step): Promise<Generated> {
    if (this.#disposed) throw new EngineError('runtime', `${this.folder.name} was closed.`);
    const generating = this.#generate(request, step);
    this.#active.add(generating);
    try {
      return await generating;
    } finally {
      this.#active.delete(generating);
    }
  }

  /** Waits for the requests there are; later ones fail with `runtime`. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.allSettled(this.#active);
    await this.#network.dispose();
  }

  async #generate(request: GenerateRequest, step: Step): Promise<Generated> {
    const text = this.#startText(request);
    const promptLength = request.prompt.length;
    const sample = createSampler(request.forbiddenIds, request.sampling);
    const tokens: ScoredToken[] = [];
    let length = promptLength;
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

    let sequence: Sequence | undefined;
    try {
      for (;;) {
        const interrupt = await step();
        // Not before the first run: a request that is cancelled at once leaves the caches as they were.
        sequence ??= this.#sequences.take(request.sequence ?? 'completion', text.subarray(0, promptLength));
        const { logits, rows, ms } = await this.#inLine(text.subarray(0, length), sequence, interrupt);
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
    } catch (error) {
      if (tokens.length > 0 && error instanceof EngineError && error.code === 'deadline') return result('deadline');
      throw error;
    } finally {
      if (sequence) this.#sequences.giveBack(sequence);
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

  /** The session runs one thing at a time, and nobody clears a sequence of which a run is planned. */
  #inLine(text: Int32Array, sequence: Sequence, interrupt?: AbortSignal): Promise<Advance> {
    const result = this.#lastRun.then(() => this.#advance(text, sequence, interrupt));
    this.#lastRun = result.catch(() => undefined);
    return result;
  }

  /**
   * One native run towards the logits behind the last token of `text`. They are there once nothing is left to run. An
   * interrupted run has run no rows.
   */
  async #advance(text: Int32Array, sequence: Sequence, interrupt?: AbortSignal): Promise<Advance> {
    const run = planRun(text.length, sequence.shared(text), this.#pace.rows);
    sequence.cut(run.past);
    const started = performance.now();
    let logits: Float32Array;
    try {
      logits = await this.#network.run(sequence.cache, text, run, interrupt);
    } catch (error) {
      if (error instanceof RunInterrupted) return { rows: 0, ms: performance.now() - started };
      sequence.clear();
      throw error;
    }
    const ms = performance.now() - started;
    this.#pace.record(run.rows, ms);
    sequence.keep(text, run);
    this.#sequences.settle(sequence);
    return run.past + run.rows === text.length ? { logits, rows: run.rows, ms } : { rows: run.rows, ms };
  }
}

/**
 * Generates tokens with one decoder model, one native run at a time, reusing cached prefixes; used for completion and
 * for written texts. Tokens never depend on what is cached or running beside.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import type { CacheForm } from '../graphs/prepare';
import type { FinishReason } from '../../ipc/engine/protocol';
import { RunInterrupted } from '../runtime/session';
import type { Session } from '../runtime/session';
import type { Step } from '../../common/step';
import { Generation } from './generation';
import type { Generated, GenerateRequest } from './generation';
import { readGraph } from './graph';
import { Network } from './network';
import { openDecoderSession } from './open';
import type { DecoderOptions } from './open';
import { RunPace } from './pace';
import { planFurther, planToken } from './plan';
import type { Run } from './plan';
import { Continuations } from './cache/continuations';
import { Sequences } from './cache/sequences';
import type { Sequence } from './cache/sequences';
import { Speculation } from './speculation/speculation';

export type { Generated, GenerateRequest } from './generation';

export interface DecoderSettings {
  /** What the cached sequences may occupy together. */
  readonly cacheBytes?: number | undefined;
  /** Whether tokens that can be guessed are checked several at a time; on where it is absent. */
  readonly speculates?: boolean;
  /** Whether what was written is remembered token by token; on where it is absent. For measuring what a run takes. */
  readonly remembers?: boolean;
}

/** Tokens behind a prompt that its cache has room for at once: most texts end within. */
const foreseenTokens = 64;

/** What the cached sequences of a model may occupy together unless the options say otherwise. */
export const defaultCacheBytes = 256 * 2 ** 20;

/**
 * Generates tokens with one model and keeps the keys and values of the last text of each priority between requests.
 *
 * The caches only ever save time: a request gets the same tokens whatever came before it or runs beside it, and one
 * that ends early leaves exactly the rows it finished. Tokens that a request in pairs chose by their probability are
 * remembered with the text before them, and not run again for another such request.
 */
export class Decoder {
  readonly #network: Network;
  readonly #sequences: Sequences;
  readonly #continuations: Continuations | undefined;
  readonly #pace: RunPace;
  readonly #speculates: boolean;
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
      return new Decoder(session, folder, cacheForm, options);
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
    { cacheBytes = defaultCacheBytes, speculates = true, remembers = true }: DecoderSettings = {},
  ) {
    const network = new Network(session, readGraph(session, folder, cacheForm), folder.contextLength);
    this.#network = network;
    this.#sequences = new Sequences(() => network.createCache(), folder.contextLength, cacheBytes);
    this.#pace = new RunPace(network.interruptible);
    this.#speculates = speculates;
    this.#continuations = remembers ? new Continuations() : undefined;
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
    const generation = new Generation(
      request,
      this.folder,
      this.#speculates
        ? new Speculation(request.inPairs, request.inPairs ? this.#continuations?.written() : undefined)
        : undefined,
    );
    let sequence: Sequence | undefined;
    try {
      for (;;) {
        const interrupt = await step();
        const recalled = this.#continuations && generation.recall(this.#continuations);
        if (recalled !== undefined) return generation.result(recalled);
        // Not before the first run: a request that is cancelled at once leaves the caches as they were.
        sequence ??= this.#sequences.take(
          request.sequence ?? 'completion',
          generation.text.subarray(0, generation.length),
        );
        const finish = await this.#inLine(generation, sequence, interrupt);
        if (finish !== undefined) return generation.result(finish);
      }
    } catch (error) {
      if (generation.tokens.length > 0 && error instanceof EngineError && error.code === 'deadline')
        return generation.result('deadline');
      throw error;
    } finally {
      if (sequence) this.#sequences.giveBack(sequence);
      this.#continuations?.remember(generation.continuation());
    }
  }

  /** Queues the run: the session does one at a time. No sequence is cleared while a run of it is planned. */
  #inLine(
    generation: Generation,
    sequence: Sequence,
    interrupt: AbortSignal | undefined,
  ): Promise<FinishReason | undefined> {
    const result = this.#lastRun.then(() => this.#advance(generation, sequence, interrupt));
    this.#lastRun = result.catch(() => undefined);
    return result;
  }

  /** One native run, and what is written once nothing of the text is left to run. An interrupted run has done nothing. */
  async #advance(
    generation: Generation,
    sequence: Sequence,
    interrupt?: AbortSignal,
  ): Promise<FinishReason | undefined> {
    const { text, length } = generation;
    const run = this.#plan(generation, sequence.shared(text.subarray(0, length)));
    sequence.cut(run.past);

    const started = performance.now();
    let logits: Float32Array;
    try {
      const foreseen = Math.min(text.length, generation.promptLength + foreseenTokens);
      logits = await this.#network.run(sequence.cache, text, { ...run, foreseen }, interrupt);
    } catch (error) {
      if (error instanceof RunInterrupted) {
        generation.interrupted();
        return undefined;
      }
      sequence.clear();
      throw error;
    }
    const ms = performance.now() - started;
    this.#pace.record(run.rows, ms);
    generation.count(run.rows, ms);
    sequence.keep(text, run);
    this.#sequences.settle(sequence);
    if (run.past + run.rows < length) return undefined;

    return generation.write(logits, run.drafts ?? 0);
  }

  #plan(generation: Generation, cached: number): Run {
    const { length, promptLength, isGiven, inPairs } = generation;
    if (!inPairs && !isGiven && length > promptLength && cached >= promptLength)
      return planToken(length, cached, generation.guess());
    const known = inPairs || isGiven ? length : promptLength;
    const most = Math.min(this.#pace.rowsBehind(generation.unbroken, known - cached), this.#network.maxRows);
    // Guesses are for the token that comes next: while text is read, there is none yet.
    const isNext = inPairs && cached >= known - 1;
    const further = isGiven ? generation.putGiven() : isNext ? generation.guess() : 0;
    return planFurther(known, cached, further, most);
  }
}

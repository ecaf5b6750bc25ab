/**
 * Runs a decoder graph: tokens and a key-value cache in, logits of the last rows out; used by `decoder.ts`,
 * `deviceTest.ts` and the packing recipe. Knows nothing of texts or requests.
 */
import type { Session, Tensor, Tensors } from '../runtime/session';
import { halfToNumber } from '../../common/halfPrecision';
import { elementsOf } from './elements';
import type { Elements } from './elements';
import type { DecoderGraph } from './graph';
import { CopiedCache } from './cache/kvCopied';
import { DeviceCache } from './cache/kvDevice';
import { StaticCache } from './cache/kvStatic';
import type { KeyValueCache } from './cache/kv';
import type { Run } from './plan';

/** A decoder graph: tokens in, logits of the last one out. Knows nothing of texts or requests. */
export class Network {
  /** By number of rows. */
  readonly #ids = new Map<number, Tensor>();
  readonly #numbers = new Map<string, Tensor>();
  #cacheBranch: Tensor | undefined;
  #positions = new BigInt64Array(0);
  #mask = new BigInt64Array(0);
  /** By number of rows: the beginnings of one array, since each is wanted until the next run only. */
  readonly #logits = new Map<number, Tensor>();
  #logitsMemory: Elements = new Float32Array(0);

  constructor(
    private readonly session: Session,
    private readonly graph: DecoderGraph,
    private readonly contextLength: number,
  ) {}

  /** Whether a run ends within a few milliseconds once it is interrupted. */
  get interruptible(): boolean {
    return this.session.interruptible;
  }

  /** An empty cache. */
  createCache(): KeyValueCache {
    return createCache(this.session, this.graph, this.contextLength);
  }

  /**
   * Runs the tokens that `run` names and puts their rows into a cache, behind the first `run.past` rows. One at a time.
   *
   * @param tokens the text from its first token on
   * @param interrupt aborted when the result is no longer wanted
   * @returns the logits behind the run's last token, behind drafts [drafts + 1, vocabulary]; the caller's to change until
   *   the next run
   * @throws {RunInterrupted} where the run was interrupted; the rows behind `run.past` are lost then
   * @throws {EngineError} `runtime`; the cache is not to be used any more then
   */
  async run(cache: KeyValueCache, tokens: Int32Array, run: Run, interrupt?: AbortSignal): Promise<Float32Array> {
    const feeds = { ...cache.feeds(run.past, run.rows, run.foreseen), ...this.#inputs(tokens, run) };
    const outputs = await this.session.run(feeds, { ...cache.into(), logits: this.#logitsOf(run) }, interrupt);
    cache.take(outputs, run.past, run.rows);
    return this.#lastLogits(outputs, run);
  }

  /** Rows that a run may have. */
  get maxRows(): number {
    return this.session.maxRows ?? Infinity;
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }

  #inputs(tokens: Int32Array, run: Run): Tensors {
    const { past, rows } = run;
    const { takes } = this.graph;
    const end = past + rows;
    if (this.#mask.length < end) this.#reserve(2 * end);

    const int64 = (data: BigInt64Array, shape: number[]) => this.session.tensor('int64', data, shape);
    const inputs: Tensors = { input_ids: this.#idsOf(tokens, run) };
    if (takes.pastLength) inputs.past_length = this.#number('past_length', past, [1]);
    if (takes.attentionMask) inputs.attention_mask = int64(this.#mask.subarray(0, end), [1, end]);
    if (takes.positionIds) inputs.position_ids = int64(this.#positions.subarray(past, end), [1, rows]);
    // The branch for texts with a past takes an empty one, too.
    if (takes.cacheBranch)
      inputs.use_cache_branch = this.#cacheBranch ??= this.session.tensor('bool', Uint8Array.of(1), [1]);
    if (takes.logitsToKeep)
      inputs.num_logits_to_keep = this.#number('num_logits_to_keep', kept(run), takes.logitsToKeep);
    return inputs;
  }

  /** The same tensor for each number of rows, so that what is bound to the input of a session can stay bound. */
  #idsOf(tokens: Int32Array, { past, rows }: Run): Tensor {
    const known = this.#ids.get(rows) ?? this.session.tensor('int64', new BigInt64Array(rows), [1, rows]);
    this.#ids.set(rows, known);
    const ids = known.data as BigInt64Array;
    for (let row = 0; row < rows; row++) ids[row] = BigInt(tokens[past + row] as number);
    return known;
  }

  /** An input of one number: the same tensor each time. */
  #number(name: string, value: number, shape: readonly number[]): Tensor {
    const known = this.#numbers.get(name) ?? this.session.tensor('int64', new BigInt64Array(1), shape);
    this.#numbers.set(name, known);
    (known.data as BigInt64Array)[0] = BigInt(value);
    return known;
  }

  #reserve(length: number): void {
    this.#mask = new BigInt64Array(length).fill(1n);
    this.#positions = BigInt64Array.from({ length }, (_, position) => BigInt(position));
  }

  /** Where a run writes its logits, for sessions that write in place. */
  #logitsOf(run: Run): Tensor {
    const { takes, vocabularySize, logitsType } = this.graph;
    const rows = takes.logitsToKeep ? kept(run) : run.rows;
    const known = this.#logits.get(rows);
    if (known) return known;
    const length = rows * vocabularySize;
    if (length > this.#logitsMemory.length) {
      this.#logitsMemory = new (logitsType === 'float32' ? Float32Array : Uint16Array)(length);
      this.#logits.clear();
    }
    const logits = this.session.tensor(logitsType, this.#logitsMemory.subarray(0, length), [1, rows, vocabularySize]);
    this.#logits.set(rows, logits);
    return logits;
  }

  #lastLogits(outputs: Readonly<Tensors>, run: Run): Float32Array {
    const values = elementsOf(outputs.logits as Tensors[string]);
    const last = values.subarray(values.length - ((run.drafts ?? 0) + 1) * this.graph.vocabularySize);
    return last instanceof Float32Array ? last : Float32Array.from(last, halfToNumber);
  }
}

/** Rows of logits that are calculated: a pair where the rows are run in pairs (see `planRun`), of which the last are wanted. */
const kept = ({ rows, drafts = 0 }: Run): number => Math.min(rows, drafts + 1 + ((drafts + 1) % 2));

function createCache(session: Session, graph: DecoderGraph, contextLength: number): KeyValueCache {
  if (graph.cacheForm === 'inPlace' && session.memory) return new DeviceCache(session.memory, graph, contextLength);
  return graph.cacheForm === 'whole' ? new CopiedCache(session, graph) : new StaticCache(session, graph, contextLength);
}

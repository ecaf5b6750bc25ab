/**
 * Runs an instrumented decoder in short runs and yields each run's weights, values and logits; used by
 * `decoderAttention.ts` and the self-test. The next run overwrites the arrays of the last.
 */
import { halfToNumber } from '../../common/halfPrecision';
import { elementsOf } from '../decoder/elements';
import type { DecoderGraph } from '../decoder/graph';
import { CopiedCache } from '../decoder/cache/kvCopied';
import { StaticCache } from '../decoder/cache/kvStatic';
import type { KeyValueCache } from '../decoder/cache/kv';
import { RunPace } from '../decoder/pace';
import { planRun, rowsToKeep } from '../decoder/plan';
import type { Run } from '../decoder/plan';
import { EngineError } from '../../ipc/engine/errors';
import type { TokenSpan } from '../../ipc/engine/messages/attention';
import type { Session, Tensor, Tensors } from '../runtime/session';
import type { Step } from '../../common/step';
import { biasInput } from './graph/instrument';
import type { ExposedSite } from './graph/instrument';

/** More rows at once save no time; fewer cost more to begin than to run. */
const maxRows = 128;
const minRows = 16;
/** What the weights of one run may take, bytes. More saves time, since runs are longer, and costs as much memory twice. */
const maxWeightBytes = 16 * 2 ** 20;
/** What a score of a hidden token is lowered by: its weight is 0 then. */
const hiddenBias = -1e9;

/** What one native run has computed. */
export interface ReadRows extends Run {
  /** For each layer [heads, rows, columns], columns being all tokens up to the last row. The next run writes over them. */
  readonly weights: readonly Float32Array[];
  readonly columns: number;
  /** For each layer [key-value heads, rows, head size]. */
  readonly values: readonly Float32Array[];
  /** For each layer [rows, heads·size]: what attention has made of the values. */
  readonly mixed: readonly Float32Array[];
  /** Logits behind the last tokens of the run, [count, vocabulary]; at least one. */
  readonly logits: Float32Array;
  readonly logitCount: number;
  readonly ms: number;
}

export interface ReadOptions {
  /** Rows before this one need not be computed; those of them that are cached are not. 0 for every row. */
  readonly from: number;
  /** Logits are wanted from this token on; only behind the last one where it is absent. */
  readonly logitsFrom?: number;
  /** Tokens that nothing outside of them may read. */
  readonly hidden?: TokenSpan;
}

/**
 * A decoder whose attention can be read: its own session, with its own cache, on the CPU. One request after the other.
 */
export class DecoderReader {
  #cache: KeyValueCache;
  readonly #pace = new RunPace(false);
  /** Query heads of each layer; none before the first run. */
  #heads: readonly number[] = [];
  /** Where runs write their weights: a new array for each would leave as much again for the collector of garbage. */
  #room = new Float32Array(0);
  #ids: Int32Array = new Int32Array(0);
  /** The cache holds rows of the first so many of these, with nothing hidden. */
  #cached = 0;

  constructor(
    private readonly session: Session,
    private readonly graph: DecoderGraph,
    private readonly sites: readonly ExposedSite[],
    private readonly contextLength: number,
  ) {
    this.#cache = this.#emptyCache();
  }

  get hidesTokens(): boolean {
    return this.session.inputs.has(biasInput);
  }

  get vocabularySize(): number {
    return this.graph.vocabularySize;
  }

  /**
   * Runs a text, and hands out every run as it is done. `step` is awaited before each.
   *
   * @throws {EngineError} `runtime`, and what `step` throws
   */
  async *read(
    text: Int32Array,
    { from, logitsFrom = text.length - 1, hidden }: ReadOptions,
    step: Step,
  ): AsyncGenerator<ReadRows> {
    // What is hidden changes every row behind its beginning.
    const shared = this.#sharedLength(text);
    let cached = Math.min(shared, from, hidden?.from ?? text.length, text.length - 1);
    this.#ids = text;
    this.#cached = shared;
    while (cached < text.length) {
      await step();
      const run = this.#plan(text.length, cached);
      this.#cached = Math.min(this.#cached, run.past);
      const rows = await this.#run(text, run, Math.max(1, run.past + run.rows - logitsFrom), hidden);
      cached = Math.max(1, rowsToKeep(run));
      this.#cached = Math.min(rowsToKeep(run), hidden?.from ?? text.length);
      yield rows;
    }
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }

  #emptyCache(): KeyValueCache {
    const { session, graph } = this;
    return graph.cacheForm === 'whole'
      ? new CopiedCache(session, graph)
      : new StaticCache(session, graph, this.contextLength);
  }

  #plan(length: number, cached: number): Run {
    // Before the first run, nothing is known of the heads: no run is longer than the probe that comes first.
    const headCount = this.#heads.reduce((sum, heads) => sum + heads, 0);
    const affordable = headCount === 0 ? minRows : maxWeightBytes / (4 * headCount * length);
    return planRun(
      length,
      cached,
      Math.max(minRows, 2 * Math.floor(Math.min(this.#pace.rows, maxRows, affordable) / 2)),
    );
  }

  #sharedLength(text: Int32Array): number {
    const most = Math.min(text.length, this.#cached);
    let length = 0;
    while (length < most && text[length] === this.#ids[length]) length++;
    return length;
  }

  async #run(text: Int32Array, run: Run, wantedLogits: number, hidden: TokenSpan | undefined): Promise<ReadRows> {
    const { past, rows } = run;
    const logitCount = this.graph.takes.logitsToKeep ? Math.min(wantedLogits, rows) : rows;
    const started = performance.now();
    try {
      const feeds = { ...this.#cache.feeds(past, rows), ...this.#inputs(text, run, logitCount, hidden) };
      const outputs = await this.session.run(feeds, this.#into(run, text.length));
      this.#cache.take(outputs, past, rows);
      const ms = performance.now() - started;
      this.#pace.record(rows, ms);
      const weights = this.sites.map((site) => floatsOf(outputs, site.weights));
      this.#heads = weights.map(({ length }) => length / rows / (past + rows));
      return {
        past,
        rows,
        ms,
        logitCount,
        columns: past + rows,
        weights,
        mixed: this.sites.map(({ mixed }) => floatsOf(outputs, mixed)),
        values: this.#newValues(outputs, past, rows),
        logits: floatsOf(outputs, 'logits'),
      };
    } catch (error) {
      this.#cache = this.#emptyCache();
      this.#cached = 0;
      throw error;
    }
  }

  /** Room for the weights of a run, each layer's behind the one before; at once as much as the text's longest rows need. */
  #into({ past, rows }: Run, length: number): Tensors {
    const cells = rows * (past + rows);
    const headCount = this.#heads.reduce((sum, heads) => sum + heads, 0);
    if (this.#room.length < headCount * cells) this.#room = new Float32Array(headCount * rows * length);
    let at = 0;
    return Object.fromEntries(
      this.#heads.map((heads, layer) => {
        const room = this.#room.subarray(at, (at += heads * cells));
        return [
          (this.sites[layer] as ExposedSite).weights,
          this.session.tensor('float32', room, [1, heads, rows, past + rows]),
        ];
      }),
    );
  }

  #inputs(text: Int32Array, { past, rows }: Run, logitCount: number, hidden: TokenSpan | undefined): Tensors {
    const { takes } = this.graph;
    const end = past + rows;
    const int64 = (values: BigInt64Array, shape: readonly number[]) => this.session.tensor('int64', values, shape);
    const inputs: Tensors = { input_ids: int64(BigInt64Array.from(text.subarray(past, end), BigInt), [1, rows]) };
    if (takes.pastLength) inputs.past_length = int64(BigInt64Array.of(BigInt(past)), [1]);
    if (takes.attentionMask) inputs.attention_mask = int64(new BigInt64Array(end).fill(1n), [1, end]);
    if (takes.positionIds)
      inputs.position_ids = int64(
        BigInt64Array.from({ length: rows }, (_, row) => BigInt(past + row)),
        [1, rows],
      );
    if (takes.logitsToKeep) inputs.num_logits_to_keep = int64(BigInt64Array.of(BigInt(logitCount)), takes.logitsToKeep);
    if (this.hidesTokens)
      inputs[biasInput] = this.session.tensor('float32', biasOf(past, rows, hidden), [1, 1, rows, end]);
    return inputs;
  }

  /** The rows that a run has added to the cached values. */
  #newValues(outputs: Readonly<Tensors>, past: number, rows: number): Float32Array[] {
    const { slots, heads, headSize, cacheForm } = this.graph;
    return slots
      .filter((_, slot) => slot % 2 === 1)
      .map(({ present }) => {
        const values = floatsOf(outputs, present);
        if (cacheForm === 'newRows') return values;
        const length = (past + rows) * headSize;
        const fresh = new Float32Array(heads * rows * headSize);
        for (let head = 0; head < heads; head++) {
          fresh.set(values.subarray(head * length + past * headSize, (head + 1) * length), head * rows * headSize);
        }
        return fresh;
      });
  }
}

/** Values of an output, as numbers whatever their size. */
export function floatsOf(outputs: Readonly<Tensors>, name: string): Float32Array {
  const tensor: Tensor | undefined = outputs[name];
  if (!tensor) throw new EngineError('runtime', `The model gives no ${name}.`);
  const values = elementsOf(tensor);
  return values instanceof Float32Array ? values : Float32Array.from(values, halfToNumber);
}

/** What is added to the scores: [rows, past + rows]. Hidden tokens are read by each other, not by other tokens. */
function biasOf(past: number, rows: number, hidden: TokenSpan | undefined): Float32Array {
  const columns = past + rows;
  const bias = new Float32Array(rows * columns);
  if (!hidden) return bias;
  for (let row = 0; row < rows; row++) {
    const inside = past + row >= hidden.from && past + row < hidden.to;
    if (!inside)
      bias.fill(
        hiddenBias,
        row * columns + Math.min(hidden.from, columns),
        row * columns + Math.min(hidden.to, columns),
      );
  }
  return bias;
}

import type { DecoderFolder } from '../../src/modelFolder/layouts/types';
import { RunInterrupted } from '../../src/engine/runtime/session';
import type { Session, Tensor, Tensors, ValueInfo } from '../../src/engine/runtime/session';

export const vocabularySize = 97;
const heads = 2;
const headSize = 3;

export const folder = (cacheOutputs: DecoderFolder['cacheOutputs'], contextLength = 64): DecoderFolder => ({
  role: 'decoder',
  path: '/models/fake',
  name: 'fake',
  cacheOutputs,
  contextLength,
  vocabularySize,
  graph: '/models/fake/model.onnx',
  tokenizer: {},
  tokenizerConfig: undefined,
  promptLayout: 'left-to-right',
  tokens: {},
  stopTokens: [],
});

/** What the fake model predicts behind a text: depends on every token and on its place. */
export const nextToken = (text: readonly number[]): number =>
  text.reduce((sum, id, position) => (sum * 31 + id * (position + 7)) % 10_007, 1) % vocabularySize;

const info = (name: string, type: ValueInfo['type'], shape: ValueInfo['shape']): [string, ValueInfo] => [
  name,
  { name, type, shape },
];

/**
 * A decoder whose cached rows hold the token that each stands for, so that a wrong, missing or shifted row changes
 * every prediction behind it.
 */
export class FakeSession implements Session {
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
  /** Rows of each run so far. */
  readonly runs: { past: number; rows: number }[] = [];
  failNext = false;
  predict = nextToken;
  /** Called in the middle of each run. */
  onRun: () => void = () => {};
  disposed = false;
  #running = false;

  constructor(
    private readonly cacheOutputs: DecoderFolder['cacheOutputs'],
    readonly interruptible = false,
  ) {
    const cache = (prefix: string) =>
      ['key', 'value'].map((part) => info(`${prefix}.0.${part}`, 'float32', [1, heads, `${prefix}_rows`, headSize]));
    const plain = cacheOutputs === 'delta' ? ['past_length', 'num_logits_to_keep'] : ['attention_mask', 'position_ids'];
    this.inputs = new Map([
      info('input_ids', 'int64', [1, 'S']),
      ...plain.map((name) => info(name, 'int64', [1])),
      ...cache('past_key_values'),
    ]);
    this.outputs = new Map([info('logits', 'float32', [1, 'K', vocabularySize]), ...cache('present')]);
  }

  tensor(type: Tensor['type'], data: unknown, dims: readonly number[]): Tensor {
    const length = (data as ArrayLike<unknown>).length;
    const size = dims.reduce((product, dimension) => product * dimension, 1);
    if (length !== size) throw new Error(`${length} values for the shape ${dims.join('×')}`);
    return { type, data, dims } as unknown as Tensor;
  }

  async run(feeds: Readonly<Tensors>, _into?: Readonly<Tensors>, interrupt?: AbortSignal): Promise<Tensors> {
    if (this.#running) throw new Error('two runs at a time');
    this.#running = true;
    await new Promise((resolve) => setImmediate(resolve));
    this.#running = false;
    this.onRun();
    if (this.interruptible && interrupt?.aborted) throw new RunInterrupted();
    if (this.failNext) {
      this.failNext = false;
      throw new Error('out of memory');
    }
    const ids = Array.from(feeds.input_ids!.data as BigInt64Array, Number);
    const past = this.#past(feeds);
    this.runs.push({ past, rows: ids.length });

    const outputs: Tensors = {};
    let text: number[] = [];
    for (const part of ['key', 'value']) {
      const tensor = feeds[`past_key_values.0.${part}`]!;
      const sign = part === 'key' ? 1 : -1;
      const capacity = tensor.dims[2]!;
      const data = tensor.data as Float32Array;
      const cached = (head: number) =>
        Array.from({ length: past }, (_, row) => sign * data[(head * capacity + row) * headSize]! - head / 4);
      if (cached(0).some((id, row) => id !== cached(1)[row])) throw new Error('the heads disagree');
      text = [...cached(0), ...ids];
      const rows = this.cacheOutputs === 'delta' ? ids : text;
      const fresh = Array.from({ length: heads }, (_, head) =>
        rows.map((id) => Array<number>(headSize).fill(sign * (id + head / 4))),
      );
      outputs[`present.0.${part}`] = this.tensor('float32', Float32Array.from(fresh.flat(2)), [
        1,
        heads,
        rows.length,
        headSize,
      ]);
    }
    const kept =
      this.cacheOutputs === 'delta' ? Number((feeds.num_logits_to_keep!.data as BigInt64Array)[0]) : ids.length;
    const logits = new Float32Array(kept * vocabularySize);
    for (let row = 0; row < kept; row++)
      logits[row * vocabularySize + this.predict(text.slice(0, text.length - kept + row + 1))] = 10;
    outputs.logits = this.tensor('float32', logits, [1, kept, vocabularySize]);
    return outputs;
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }

  #past(feeds: Readonly<Tensors>): number {
    if (this.cacheOutputs === 'delta') return Number((feeds.past_length!.data as BigInt64Array)[0]);
    const past = feeds['past_key_values.0.key']!.dims[2]!;
    const mask = feeds.attention_mask!.data as BigInt64Array;
    const positions = Array.from(feeds.position_ids!.data as BigInt64Array, Number);
    if (mask.length !== past + positions.length || mask.some((bit) => bit !== 1n))
      throw new Error('the mask does not cover the text');
    if (positions.some((position, row) => position !== past + row)) throw new Error('wrong positions');
    return past;
  }
}

/**
 * Builds the decoder graph of docs/model-folder.md from a model's weights: new cache rows and last logits only,
 * `GroupQueryAttention` with the rotation inside, MatMulNBits for matrices. Written so that all rewrites for speed and
 * for looking into attention understand it.
 */
import { windowOf } from '../../../modelFolder/decoderWeights';
import type { AttentionWindow, DecoderLayer, DecoderShape, DecoderWeights } from '../../../modelFolder/decoderWeights';
import type { WeightMatrix } from '../../../modelFolder/weightMatrix';
import { microsoft, valueInfo } from '../elements';
import { DataType } from '../onnx';
import type { ModelProto, ValueInfoProto } from '../onnx';
import type { BlockLength } from './blockQuantization';
import { GraphWriter } from './graphWriter';
import type { Precision } from './graphWriter';
import type { WeightWriter } from './weightWriter';

export interface DecoderPrecision {
  /** Of the layers' matrices. */
  readonly layers: Precision;
  /** Of those among them where rounding costs most: see {@link isSensitive}. */
  readonly sensitive: Precision;
  /** Of embedding and head: most tokens are rare, and their rows few of many. */
  readonly table: Precision & { readonly bits: 8 | 32 | 'asStored' };
}

/** 4 bits, 8 for the table, activations of 8. */
export const int4 = (block: BlockLength): DecoderPrecision => ({
  layers: { bits: 4, block, int8Activations: true },
  sensitive: { bits: 4, block, int8Activations: true },
  table: { bits: 8, block, int8Activations: true },
});

/** What is shipped: 8 bits where 4 cost most. `npm run bench -- rounding` says what that gains. */
export const mixed = (block: BlockLength): DecoderPrecision => ({
  ...int4(block),
  sensitive: { bits: 8, block, int8Activations: true },
});

/** For files that people bring: their own codes, scales and offsets where a product can take them, and 8 bits for all others. */
export const asStored: DecoderPrecision = {
  layers: { bits: 'asStored', block: 32, int8Activations: true },
  sensitive: { bits: 'asStored', block: 32, int8Activations: true },
  table: { bits: 'asStored', block: 32, int8Activations: true },
};

/** For comparison with references. */
export const float32: DecoderPrecision = { layers: { bits: 32 }, sensitive: { bits: 32 }, table: { bits: 32 } };

/**
 * Whether a layer's last matrix gets more bits: those at both ends, and every third between. The rule of llama.cpp's mixed
 * types (`use_more_bits` in src/llama-quant.cpp); values and attention's output get them in each layer.
 */
export const isSensitive = (layer: number, layers: number): boolean =>
  layer < Math.floor(layers / 8) || layer >= Math.floor((7 * layers) / 8) || (layer - Math.floor(layers / 8)) % 3 === 2;

const endOfAxis = 2n ** 63n - 1n;

/** @param file that takes the weights */
export async function buildDecoder(
  { shape, embedding, head, norm, normBias, layers }: DecoderWeights,
  precision: DecoderPrecision,
  file: WeightWriter,
): Promise<ModelProto> {
  const w = new GraphWriter(file);
  writeLengths(w);
  await writeRotation(w, rotations.all, shape);
  if (shape.window) await writeRotation(w, rotations.window, { ...shape, ...frequenciesIn(shape.window) });
  const table = head ? 'embedding' : 'table';
  const vectors = await writeEmbedding(w, table, { shape, embedding }, tableForm(embedding, precision.table));
  let stream =
    shape.embeddingScale === undefined
      ? vectors
      : w.node('Mul', [vectors, w.float(Math.fround(shape.embeddingScale))], 'embedding.grown');
  let update: string | undefined;
  for (const [index, layer] of layers.entries()) {
    const block = new LayerWriter(w, shape, precision, index);
    const normed = await writeNorm(
      w,
      `layers.${index}.attention_norm`,
      { stream, update },
      { gain: layer.attentionNorm, bias: layer.attentionNormBias },
      shape,
    );
    const mixed = await block.attention(normed.value, layer);
    // Behind its attention, the last layer works for the tokens whose logits are wanted.
    const last = index === layers.length - 1;
    const kept = (value: string) => (last ? keepLast(w, value) : value);
    const output = `layers.${index}.output`;
    const attended = await w.product(kept(mixed), output, layer.output, precision.sensitive, layer.outputBias);
    update = await writeAfter(w, `layers.${index}.after_attention`, attended, layer.afterAttentionNorm, shape);
    const behind = { stream: kept(normed.stream), update };
    const scale = { gain: layer.mlpNorm, bias: layer.mlpNormBias };
    const second = await writeNorm(w, `layers.${index}.mlp_norm`, behind, scale, shape);
    stream = second.stream;
    const passed = await block.mlp(second.value, layer);
    update = await writeAfter(w, `layers.${index}.after_mlp`, passed, layer.afterMlpNorm, shape);
  }
  const final = await writeNorm(w, 'final_norm', { stream, update }, { gain: norm, bias: normBias }, shape);
  const logits = await w.product(
    final.value,
    'table',
    head ?? embedding,
    tableForm(head ?? embedding, precision.table),
  );
  w.node('Identity', [shape.logitLimit === undefined ? logits : limited(w, logits, shape.logitLimit)], 'logits');
  return w.model('glassbox-decoder', ...interfaceOf(shape));
}

/** From past_length and the number of ids: what attention and the cache slices need. */
function writeLengths(w: GraphWriter): void {
  w.node('Shape', ['input_ids'], 'new_length', { attributes: { start: 1n, end: 2n } });
  w.node('Add', ['past_length', 'new_length'], 'total_length');
  w.node('Sub', ['total_length', w.integers(1n)], 'last_position');
  w.node('Cast', ['last_position'], 'seqlens_k', { attributes: { to: BigInt(DataType.INT32) } });
  w.node('Squeeze', ['total_length'], 'total_scalar');
  w.node('Cast', ['total_scalar'], 'total_sequence_length', { attributes: { to: BigInt(DataType.INT32) } });
  w.node('Neg', ['num_logits_to_keep'], 'first_kept');
}

/** What names of a rotation begin with: for layers that look back all the way, and for those with a window. */
const rotations = { all: '', window: 'window.' } as const;

/** Cosines and sines [contextLength, headSize / 2] from a range: the runtime makes constants of them when it loads the graph. */
async function writeRotation(
  w: GraphWriter,
  prefix: (typeof rotations)[keyof typeof rotations],
  { contextLength, ...shape }: DecoderShape,
): Promise<void> {
  const frequencies = frequenciesOf(shape);
  const row = await w.floats(`${prefix}frequencies`, frequencies, [1, frequencies.length]);
  const positions = w.node('Range', [w.float(0), w.float(contextLength), w.float(1)], `${prefix}positions`);
  const column = w.node('Unsqueeze', [positions, w.integers(1n)], `${prefix}position_column`);
  const angles = w.node('Mul', [column, row], `${prefix}angles`);
  w.node('Cos', [angles], `${prefix}cosines`);
  w.node('Sin', [angles], `${prefix}sines`);
}

const frequenciesIn = ({ ropeBase, ropeFactors }: AttentionWindow) => ({ ropeBase, ropeFactors });

/** Radians a position, rounded as PyTorch rounds each step. */
export function frequenciesOf({
  headSize,
  ropeBase,
  ropeFactors,
}: Pick<DecoderShape, 'headSize' | 'ropeBase' | 'ropeFactors'>): Float32Array {
  return Float32Array.from({ length: headSize / 2 }, (_, at) => {
    const frequency = Math.fround(1 / Math.fround(ropeBase ** Math.fround((2 * at) / headSize)));
    return frequency / (ropeFactors?.[at] ?? 1);
  });
}

/** Rows of a table are bytes, so that one is found by its number: codes of 4 bits become such of 8. */
const tableForm = ({ blocks }: WeightMatrix, form: DecoderPrecision['table']): DecoderPrecision['table'] =>
  form.bits === 'asStored' && blocks?.bits === 4 ? { ...form, bits: 8 } : form;

/** Rows of the table. In 8 bits they are the codes that the read-out has, too, where one table serves both. */
async function writeEmbedding(
  w: GraphWriter,
  name: string,
  { shape, embedding }: Pick<DecoderWeights, 'shape' | 'embedding'>,
  precision: DecoderPrecision['table'],
): Promise<string> {
  if (precision.bits === 32 || shape.width % precision.block !== 0)
    return w.node('Gather', [await w.table(name, embedding), 'input_ids'], 'embedded');
  const { codes, scales } = await w.quantized(name, embedding, precision);
  w.node('Gather', [codes, 'input_ids'], 'embedding.rows');
  w.node('Cast', ['embedding.rows'], 'embedding.floats', { attributes: { to: BigInt(DataType.FLOAT) } });
  w.node('Sub', ['embedding.floats', w.float(128)], 'embedding.centred');
  w.node('Gather', [scales, 'input_ids'], 'embedding.row_scales');
  w.node('Unsqueeze', ['embedding.row_scales', w.integers(-1n)], 'embedding.row_scale_column');
  w.node('Mul', ['embedding.centred', 'embedding.row_scale_column'], 'embedding.scaled');
  return w.node('Reshape', ['embedding.scaled', w.integers(0n, 0n, BigInt(shape.width))], 'embedded');
}

interface Stream {
  /** A token's state, which every layer adds to. */
  readonly stream: string;
  /** What has still to be added to it. */
  readonly update: string | undefined;
}

/** The stream with its update added, and that brought to a common size: in one node where there is an update. */
async function writeNorm(
  w: GraphWriter,
  name: string,
  { stream, update }: Stream,
  { gain, bias }: { readonly gain: Float32Array; readonly bias: Float32Array | undefined },
  { norm, normEpsilon: epsilon }: DecoderShape,
): Promise<{ readonly value: string; readonly stream: string }> {
  const layered = norm === 'layer';
  const scale = [await w.floats(`${name}.gain`, gain), ...(bias ? [await w.floats(`${name}.bias`, bias)] : [])];
  if (update === undefined) {
    const attributes = { epsilon, axis: -1n };
    const operator = layered ? 'LayerNormalization' : 'SimplifiedLayerNormalization';
    return { value: w.node(operator, [stream, ...scale], name, { attributes }), stream };
  }
  const sum = `${name}.stream`;
  const operator = layered ? 'SkipLayerNormalization' : 'SkipSimplifiedLayerNormalization';
  w.nodes(operator, [stream, update, ...scale], [name, '', '', sum], { domain: microsoft, attributes: { epsilon } });
  return { value: name, stream: sum };
}

/** Brings what is added to the stream to a common size first, where the family does that. */
async function writeAfter(
  w: GraphWriter,
  name: string,
  value: string,
  gain: Float32Array | undefined,
  { normEpsilon }: DecoderShape,
): Promise<string> {
  return gain ? writePlainNorm(w, name, value, await w.floats(`${name}.gain`, gain), normEpsilon) : value;
}

/** limit · tanh(value / limit) */
function limited(w: GraphWriter, value: string, limit: number): string {
  const share = w.node('Div', [value, w.float(limit)], `${value}.share`);
  return w.node('Mul', [w.node('Tanh', [share], `${value}.tanh`), w.float(limit)], `${value}.limited`);
}

const writePlainNorm = (w: GraphWriter, name: string, value: string, gains: string, epsilon: number): string =>
  w.node('SimplifiedLayerNormalization', [value, gains], name, { attributes: { epsilon, axis: -1n } });

const keepLast = (w: GraphWriter, value: string): string =>
  w.node('Slice', [value, 'first_kept', w.integers(endOfAxis), w.integers(1n)], `${value}.kept`);

/** Writes the two halves of one layer. */
class LayerWriter {
  readonly #name: string;

  constructor(
    private readonly w: GraphWriter,
    private readonly shape: DecoderShape,
    private readonly precision: DecoderPrecision,
    private readonly layer: number,
  ) {
    this.#name = `layers.${layer}`;
  }

  /** Grouped attention over cache and new tokens, heads side by side; `present` keeps the new rows. */
  async attention(normed: string, layer: DecoderLayer): Promise<string> {
    const { w, shape, precision } = this;
    const part = (name: string) => `${this.#name}.${name}`;
    const query = await w.product(normed, part('query'), layer.query, precision.layers, layer.queryBias);
    const key = await w.product(normed, part('key'), layer.key, precision.layers, layer.keyBias);
    const value = await w.product(normed, part('value'), layer.value, precision.sensitive, layer.valueBias);
    const inputs = [
      await this.#normHeads(query, part('query_norm'), layer.queryNorm),
      await this.#normHeads(key, part('key_norm'), layer.keyNorm),
      value,
    ];
    const past = `past_key_values.${this.layer}`;
    const window = windowOf(this.layer, shape.window);
    const rotation = window ? rotations.window : rotations.all;
    const lengths = ['seqlens_k', 'total_sequence_length', `${rotation}cosines`, `${rotation}sines`];
    const sides = ['key', 'value'].map((side) => ({
      whole: part(`cache.${side}`),
      present: `present.${this.layer}.${side}`,
    }));
    w.nodes(
      'GroupQueryAttention',
      [...inputs, `${past}.key`, `${past}.value`, ...lengths],
      [part('mixed'), ...sides.map(({ whole }) => whole)],
      {
        domain: microsoft,
        attributes: {
          num_heads: BigInt(shape.heads),
          kv_num_heads: BigInt(shape.kvHeads),
          do_rotary: 1n,
          rotary_interleaved: 0n,
          scale: shape.attentionScale ?? shape.headSize ** -0.5,
          ...(window && window.tokens < shape.contextLength && { local_window_size: BigInt(window.tokens) }),
          ...(shape.attentionLimit !== undefined && { softcap: shape.attentionLimit }),
        },
      },
    );
    for (const { whole, present } of sides)
      w.node('Slice', [whole, 'past_length', 'total_length', w.integers(2n)], present);
    return part('mixed');
  }

  /** down(bent(gate) · up), or down(bent(up)) without a gate */
  async mlp(normed: string, layer: DecoderLayer): Promise<string> {
    const { w, precision, shape } = this;
    const part = (name: string) => `${this.#name}.${name}`;
    const between = layer.gate ? await this.#gated(normed, layer.gate, layer) : await this.#bent(normed, layer);
    const down = isSensitive(this.layer, shape.layers) ? precision.sensitive : precision.layers;
    return w.product(between, part('down'), layer.down, down, layer.downBias);
  }

  async #gated(normed: string, gateWeights: WeightMatrix, layer: DecoderLayer): Promise<string> {
    const { w, precision } = this;
    const part = (name: string) => `${this.#name}.${name}`;
    const gate = await w.product(normed, part('gate'), gateWeights, precision.layers, layer.gateBias);
    const up = await w.product(normed, part('up'), layer.up, precision.layers, layer.upBias);
    return w.node('Mul', [this.#activated(gate), up], part('gated'));
  }

  async #bent(normed: string, layer: DecoderLayer): Promise<string> {
    const { w, precision } = this;
    return this.#activated(await w.product(normed, `${this.#name}.up`, layer.up, precision.layers, layer.upBias));
  }

  /** GELU by the approximation that models of these families were trained with. */
  #activated(value: string): string {
    const { w, shape } = this;
    const part = (name: string) => `${this.#name}.${name}`;
    if (shape.activation === 'geluTanh')
      return w.node('Gelu', [value], part('gelu'), { attributes: { approximate: 'tanh' } });
    return w.node('Mul', [value, w.node('Sigmoid', [value], part('sigmoid'))], part('silu'));
  }

  /** Brings each head to a common size, where the family does that. */
  async #normHeads(value: string, name: string, gain: Float32Array | undefined): Promise<string> {
    if (!gain) return value;
    const { w } = this;
    const { headSize, normEpsilon } = this.shape;
    const apart = w.node('Reshape', [value, w.integers(0n, 0n, -1n, BigInt(headSize))], `${name}.heads`);
    const normed = writePlainNorm(w, name, apart, await w.floats(`${name}.gain`, gain), normEpsilon);
    return w.node('Reshape', [normed, w.integers(0n, 0n, -1n)], `${name}.together`);
  }
}

/** The graph's typed inputs and outputs. */
function interfaceOf({
  layers,
  kvHeads,
  headSize,
  vocabularySize,
}: DecoderShape): [ValueInfoProto[], ValueInfoProto[]] {
  const inputs = [
    valueInfo('input_ids', DataType.INT64, [1, 'S']),
    valueInfo('past_length', DataType.INT64, [1]),
    valueInfo('num_logits_to_keep', DataType.INT64, [1]),
  ];
  const outputs = [valueInfo('logits', DataType.FLOAT, [1, 'K', vocabularySize])];
  for (let layer = 0; layer < layers; layer++) {
    for (const side of ['key', 'value']) {
      inputs.push(valueInfo(`past_key_values.${layer}.${side}`, DataType.FLOAT, [1, kvHeads, 'C', headSize]));
      outputs.push(valueInfo(`present.${layer}.${side}`, DataType.FLOAT, [1, kvHeads, 'S', headSize]));
    }
  }
  return [inputs, outputs];
}

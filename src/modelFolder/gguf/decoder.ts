/**
 * Reads a GGUF file as a decoder of the families LLaMA, Qwen2, Qwen3, StarCoder2, Gemma 1 to 3 and Phi 3. Names of metadata and tensors: gguf-py/gguf/constants.py of
 * https://github.com/ggml-org/llama.cpp.
 */
import { maxContextLength } from '../decoderWeights';
import type { DecoderLayer, DecoderShape, DecoderWeights } from '../decoderWeights';
import { GgufMetadata } from './metadata';
import type { GgufTensors } from './tensors';

/** How a family differs from the others. */
interface Family {
  /** Whether the rows of queries and keys are stored for rotation of neighbours: convert_hf_to_gguf.py permutes LLaMA's. */
  readonly interleaved?: boolean;
  /** Those with layer normalisation have biases everywhere, and no gate. */
  readonly norm: DecoderShape['norm'];
  readonly activation: DecoderShape['activation'];
  /** Whether queries, keys and values are one matrix, and gate and up another. */
  readonly stacked?: boolean;
  /** Whether token vectors grow by the root of their width. */
  readonly growsVectors?: boolean;
  /** Whether what is added to the stream is normalised first. */
  readonly normsAfter?: boolean;
  /** Of so many layers the last looks back all the way, where a window is named; and the base of the others' wavelengths. */
  readonly windows?: { readonly every?: number; readonly ropeBase?: number };
  /** So many layers have the one model of the family whose attention is scaled by width and number of heads. */
  readonly scaledByWidthAt?: number;
  /** What limits products where the file does not say: those of attention, and logits. */
  readonly limits?: { readonly attention: number; readonly logit: number };
}

const gemma = { norm: 'rootMeanSquare', activation: 'geluTanh', growsVectors: true } as const;
/** Numbers that files do not state: `llama_model_*` of src/models in https://github.com/ggml-org/llama.cpp. */
const families = {
  llama: { interleaved: true, norm: 'rootMeanSquare', activation: 'silu' },
  qwen2: { norm: 'rootMeanSquare', activation: 'silu' },
  qwen3: { norm: 'rootMeanSquare', activation: 'silu' },
  starcoder2: { norm: 'layer', activation: 'geluTanh' },
  phi3: { norm: 'rootMeanSquare', activation: 'silu', stacked: true, windows: {} },
  gemma,
  gemma2: {
    ...gemma,
    normsAfter: true,
    windows: { every: 2 },
    scaledByWidthAt: 46,
    limits: { attention: 50, logit: 30 },
  },
  gemma3: { ...gemma, normsAfter: true, windows: { every: 6, ropeBase: 10_000 }, scaledByWidthAt: 62 },
} as const satisfies Readonly<Record<string, Family>>;
export type GgufFamily = keyof typeof families;

/**
 * The decoder in an open file. Vectors are read at once, matrices when they are asked for.
 *
 * @throws {EngineError} `modelInvalid` where it is of another family, or has parts that are not understood
 */
export async function readDecoderWeights(tensors: GgufTensors): Promise<DecoderWeights> {
  const metadata = new GgufMetadata(tensors.file);
  const name = familyOf(metadata);
  const family: Family = families[name];
  const shape = await readShape(metadata, name, tensors);
  const { vocabularySize, width } = shape;

  const embedding = tensors.matrix('token_embd.weight', vocabularySize, width);
  const head = tensors.has('output.weight') ? tensors.matrix('output.weight', vocabularySize, width) : undefined;
  const norm = await tensors.vector('output_norm.weight', width);
  const normBias = family.norm === 'layer' ? await tensors.vector('output_norm.bias', width) : undefined;
  const layers: DecoderLayer[] = [];
  for (let layer = 0; layer < shape.layers; layer++) layers.push(await readLayer(tensors, layer, shape, family));
  if (tensors.untaken !== undefined)
    throw metadata.refusal(`it has a tensor ${tensors.untaken}, which a ${name} of this kind does not have`);
  return { shape, embedding, ...(head && { head }), norm, normBias, layers };
}

/** What a file's metadata calls its family. @throws {EngineError} `modelInvalid` where it is none that is understood */
export function familyOf(metadata: GgufMetadata): GgufFamily {
  const name = metadata.text('general.architecture') ?? 'unknown';
  if (Object.hasOwn(families, name)) return name as GgufFamily;
  throw metadata.refusal(`it holds a model of the family ${JSON.stringify(name.slice(0, 40))}`);
}

async function readShape(metadata: GgufMetadata, family: GgufFamily, tensors: GgufTensors): Promise<DecoderShape> {
  const count = (key: string, otherwise?: number) => metadata.count(`${family}.${key}`, otherwise);
  const width = count('embedding_length');
  const heads = count('attention.head_count');
  const headSize = count('attention.key_length', width / heads);
  const kvHeads = count('attention.head_count_kv', heads);
  if (count('attention.value_length', headSize) !== headSize || count('rope.dimension_count', headSize) !== headSize)
    throw metadata.refusal('its heads are not rotated as a whole, or keys and values differ in size');
  if (heads % kvHeads !== 0 || headSize % 2 !== 0) throw metadata.refusal(`${heads} heads cannot share ${kvHeads}`);
  const contextLength = count('context_length');
  if (contextLength > maxContextLength) throw metadata.refusal(`its context has ${contextLength} tokens`);
  const { windows, limits, ...form }: Family = families[family];
  const window = count('attention.sliding_window', contextLength);
  if (window < contextLength && !windows)
    throw metadata.refusal('its attention looks back a shorter way than its context is long');
  const layers = count('block_count');
  const ropeBase = metadata.positive(`${family}.rope.freq_base`) ?? 10_000;
  const positive = (key: string, otherwise: number) => metadata.positive(`${family}.${key}`) ?? otherwise;
  const scaling = metadata.text(`${family}.rope.scaling.type`) ?? 'none';
  if (scaling !== 'none')
    throw metadata.refusal(`its context is stretched by the method ${JSON.stringify(scaling.slice(0, 40))}`);
  return {
    vocabularySize: metadata.texts('tokenizer.ggml.tokens').length,
    width,
    layers,
    heads,
    kvHeads,
    headSize,
    hidden: count('feed_forward_length'),
    contextLength,
    ropeBase,
    ...(tensors.has(ropeFactors) && { ropeFactors: await tensors.vector(ropeFactors, headSize / 2) }),
    normEpsilon: positive(`attention.${epsilonNames[form.norm]}`, 1e-5),
    norm: form.norm,
    activation: form.activation,
    ...(form.growsVectors && { embeddingScale: Math.sqrt(width) }),
    ...(layers === form.scaledByWidthAt && { attentionScale: (width / heads) ** -0.5 }),
    ...(limits && {
      attentionLimit: positive('attn_logit_softcapping', limits.attention),
      logitLimit: positive('final_logit_softcapping', limits.logit),
    }),
    ...(windows &&
      window < contextLength && {
        window: { tokens: window, every: windows.every, ropeBase: windows.ropeBase ?? ropeBase },
      }),
  };
}

const epsilonNames = { rootMeanSquare: 'layer_norm_rms_epsilon', layer: 'layer_norm_epsilon' } as const;
const ropeFactors = 'rope_freqs.weight';

async function readLayer(
  tensors: GgufTensors,
  layer: number,
  { width, heads, kvHeads, headSize, hidden }: DecoderShape,
  { interleaved, norm, stacked, normsAfter }: Family,
): Promise<DecoderLayer> {
  const name = (part: string) => `blk.${layer}.${part}`;
  const matrix = (part: string, rows: number, columns: number, interleavedHead?: number) =>
    tensors.matrix(name(`${part}.weight`), rows, columns, interleavedHead);
  const rotated = (part: string, rows: number) => matrix(part, rows, width, interleaved ? headSize : undefined);
  const optional = async (part: string, length: number) =>
    tensors.has(name(part)) ? tensors.vector(name(part), length) : undefined;
  const layered = norm === 'layer';
  const bias = async (part: string, length: number) =>
    layered ? tensors.vector(name(`${part}.bias`), length) : undefined;
  const [inner, keys] = [heads * headSize, kvHeads * headSize];
  const after = async (part: string) => (normsAfter ? tensors.vector(name(`${part}.weight`), width) : undefined);
  const [query, key, value] = stacked
    ? tensors.stacked(name('attn_qkv.weight'), [inner, keys, keys], width)
    : [rotated('attn_q', inner), rotated('attn_k', keys), matrix('attn_v', keys, width)];
  const [gate, up] = stacked
    ? tensors.stacked(name('ffn_up.weight'), [hidden, hidden], width)
    : [layered ? undefined : matrix('ffn_gate', hidden, width), matrix('ffn_up', hidden, width)];
  return {
    attentionNorm: await tensors.vector(name('attn_norm.weight'), width),
    attentionNormBias: await bias('attn_norm', width),
    query,
    key,
    value,
    ...(!interleaved && {
      queryBias: await optional('attn_q.bias', inner),
      keyBias: await optional('attn_k.bias', keys),
      valueBias: await optional('attn_v.bias', keys),
      queryNorm: await optional('attn_q_norm.weight', headSize),
      keyNorm: await optional('attn_k_norm.weight', headSize),
    }),
    output: matrix('attn_output', width, inner),
    outputBias: await bias('attn_output', width),
    mlpNorm: await tensors.vector(name('ffn_norm.weight'), width),
    mlpNormBias: await bias('ffn_norm', width),
    afterAttentionNorm: await after('post_attention_norm'),
    afterMlpNorm: await after('post_ffw_norm'),
    ...(gate && { gate }),
    up,
    upBias: await bias('ffn_up', hidden),
    down: matrix('ffn_down', width, hidden),
    downBias: await bias('ffn_down', width),
  };
}

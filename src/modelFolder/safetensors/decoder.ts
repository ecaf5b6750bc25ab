/**
 * Reads a folder of safetensors as a decoder of the families LLaMA, Mistral, Qwen2, Qwen3, StarCoder2, Gemma 1 to 3 and Phi 3; used
 * where decoders are converted. Names of tensors: `modeling_*.py` of https://github.com/huggingface/transformers.
 */
import { inOneLine } from '../../common/schemaIssue';
import type { DecoderLayer, DecoderWeights } from '../decoderWeights';
import { invalid } from '../layouts/files';
import type { DecoderConfig } from './decoderConfig';
import type { SafetensorsWeights } from './weights';

const names = {
  embedding: 'model.embed_tokens.weight',
  head: 'lm_head.weight',
  norm: 'model.norm',
} as const;

/** What older versions of the library wrote beside the weights. */
const constants = '.rotary_emb.inv_freq';

/**
 * The decoder in open files. Vectors are read at once, matrices when they are asked for.
 *
 * @param folder for messages
 * @throws {EngineError} `modelInvalid` where it has parts that are missing, of other sizes or not understood
 */
export async function readDecoder(
  folder: string,
  { shape, family, architecture, tied }: DecoderConfig,
  weights: SafetensorsWeights,
): Promise<DecoderWeights> {
  const { vocabularySize, width } = shape;
  const reader = new LayerReader(weights, shape, family);
  const embedding = weights.matrix(names.embedding, vocabularySize, width);
  const head = tied ? undefined : weights.matrix(names.head, vocabularySize, width);
  // Some files hold the same table twice.
  if (tied) weights.leave(names.head);
  const norm = await reader.gain(`${names.norm}.weight`, width);
  const normBias = family.norm === 'layer' ? await weights.vector(`${names.norm}.bias`, width) : undefined;
  const layers: DecoderLayer[] = [];
  for (let layer = 0; layer < shape.layers; layer++) layers.push(await reader.layer(layer));
  for (const name of weights.tensors.keys()) if (name.endsWith(constants)) weights.leave(name);
  if (weights.untaken !== undefined)
    throw invalid(
      `The weights in the model folder ${folder} hold a tensor ${inOneLine(weights.untaken)}, which a ${architecture} of this kind does not have; choose another model.`,
    );
  return { shape, embedding, ...(head && { head }), norm, normBias, layers };
}

class LayerReader {
  constructor(
    private readonly weights: SafetensorsWeights,
    private readonly shape: DecoderConfig['shape'],
    private readonly family: DecoderConfig['family'],
  ) {}

  async layer(layer: number): Promise<DecoderLayer> {
    const { width, heads, kvHeads, headSize, hidden } = this.shape;
    const name = (part: string) => `model.layers.${layer}.${part}`;
    const [inner, keys] = [heads * headSize, kvHeads * headSize];
    const matrix = (part: string, rows: number, columns: number) =>
      this.weights.matrix(name(`${part}.weight`), rows, columns);
    const bias = (part: string, length: number) => this.#optional(name(`${part}.bias`), length);
    const { stacked, norm } = this.family;
    const layered = norm === 'layer';
    const [query, key, value] = stacked
      ? this.weights.stacked(name('self_attn.qkv_proj.weight'), [inner, keys, keys], width)
      : [
          matrix('self_attn.q_proj', inner, width),
          matrix('self_attn.k_proj', keys, width),
          matrix('self_attn.v_proj', keys, width),
        ];
    const [gate, up] = stacked
      ? this.weights.stacked(name('mlp.gate_up_proj.weight'), [hidden, hidden], width)
      : layered
        ? [undefined, matrix('mlp.c_fc', hidden, width)]
        : [matrix('mlp.gate_proj', hidden, width), matrix('mlp.up_proj', hidden, width)];
    const down = layered ? 'mlp.c_proj' : 'mlp.down_proj';
    return {
      ...(await this.#norms(name)),
      query,
      key,
      value,
      queryBias: await bias('self_attn.q_proj', inner),
      keyBias: await bias('self_attn.k_proj', keys),
      valueBias: await bias('self_attn.v_proj', keys),
      ...(this.family.normsHeads && {
        queryNorm: await this.gain(name('self_attn.q_norm.weight'), headSize),
        keyNorm: await this.gain(name('self_attn.k_norm.weight'), headSize),
      }),
      output: matrix('self_attn.o_proj', width, inner),
      outputBias: await bias('self_attn.o_proj', width),
      ...(gate && { gate, gateBias: await bias('mlp.gate_proj', hidden) }),
      up,
      upBias: await bias(layered ? 'mlp.c_fc' : 'mlp.up_proj', hidden),
      down: matrix(down, width, hidden),
      downBias: await bias(down, width),
    };
  }

  /** What a norm multiplies by; Gemma's gains count from 1. */
  async gain(name: string, length: number): Promise<Float32Array> {
    const stored = await this.weights.vector(name, length);
    return this.family.gemma ? stored.map((gain) => 1 + gain) : stored;
  }

  async #norms(name: (part: string) => string) {
    const { width } = this.shape;
    const { normsAfter, norm } = this.family;
    const gain = (part: string) => this.gain(name(`${part}.weight`), width);
    const bias = async (part: string) =>
      norm === 'layer' ? this.weights.vector(name(`${part}.bias`), width) : undefined;
    const second = normsAfter ? 'pre_feedforward_layernorm' : 'post_attention_layernorm';
    return {
      attentionNorm: await gain('input_layernorm'),
      attentionNormBias: await bias('input_layernorm'),
      mlpNorm: await gain(second),
      mlpNormBias: await bias(second),
      ...(normsAfter && {
        afterAttentionNorm: await gain('post_attention_layernorm'),
        afterMlpNorm: await gain('post_feedforward_layernorm'),
      }),
    };
  }

  async #optional(name: string, length: number): Promise<Float32Array | undefined> {
    return this.weights.has(name) ? this.weights.vector(name, length) : undefined;
  }
}

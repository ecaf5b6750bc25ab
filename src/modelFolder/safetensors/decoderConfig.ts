/**
 * What `config.json` of a decoder says, as far as a graph is built from it; used by `decoder.ts`. What is not understood is
 * refused, so that no graph is built that writes other text than the model's own. Keys and their defaults: `configuration_*.py`
 * of https://github.com/huggingface/transformers.
 */
import * as v from 'valibot';
import { misfit } from '../../common/schemaIssue';
import { positive } from '../../common/schemas';
import { maxContextLength, windowOf } from '../decoderWeights';
import type { AttentionWindow, DecoderShape } from '../decoderWeights';
import { invalid } from '../layouts/files';
import { readRotations, rotationKeys } from './rotation';

/** How a family differs from the others. */
export interface Family {
  /** Those with layer normalisation have no gate. */
  readonly norm: DecoderShape['norm'];
  readonly activation: DecoderShape['activation'];
  /** Names of that activation in `hidden_act` or `hidden_activation`. */
  readonly activationNames: readonly string[];
  /** Whether queries, keys and values are one matrix, and gate and up another. */
  readonly stacked?: boolean;
  /** Whether token vectors grow by the root of their width, and gains of norms count from 1. */
  readonly gemma?: boolean;
  /** Whether what is added to the stream is normalised first. */
  readonly normsAfter?: boolean;
  /** Whether heads of queries and keys are normalised, each by itself, before they are rotated. */
  readonly normsHeads?: boolean;
  /** Size of a head, the base of wavelengths, and what scores and logits are limited by, where the file does not say. */
  readonly headSize?: number;
  readonly ropeBase?: number;
  readonly windowRopeBase?: number;
  readonly limits?: { readonly attention: number; readonly logit: number };
  /** Whether one table serves as the head, too, where the file does not say. */
  readonly tied?: boolean;
  /** Which layers look back a window only, where the file lists no kinds of layers: all, those it counts, or all but each nth. */
  readonly windows?: 'all' | 'counted' | number;
}

const silu = { norm: 'rootMeanSquare', activation: 'silu', activationNames: ['silu', 'swish'] } as const;
const gemma = {
  norm: 'rootMeanSquare',
  activation: 'geluTanh',
  activationNames: ['gelu_pytorch_tanh'],
  gemma: true,
  headSize: 256,
  tied: true,
} as const;
/** By `model_type`. */
const families: Readonly<Record<string, Family>> = {
  llama: silu,
  mistral: { ...silu, windows: 'all' },
  qwen2: { ...silu, windows: 'counted' },
  qwen3: { ...silu, headSize: 128, normsHeads: true, windows: 'counted' },
  starcoder2: {
    norm: 'layer',
    activation: 'geluTanh',
    activationNames: ['gelu_pytorch_tanh'],
    tied: true,
    windows: 'all',
  },
  phi3: { ...silu, stacked: true, windows: 'all' },
  // The first releases say "gelu" and mean its approximation.
  gemma: { ...gemma, activationNames: ['gelu_pytorch_tanh', 'gelu'] },
  gemma2: { ...gemma, normsAfter: true, windows: 2, limits: { attention: 50, logit: 30 } },
  gemma3_text: {
    ...gemma,
    normsAfter: true,
    normsHeads: true,
    windows: 6,
    ropeBase: 1_000_000,
    windowRopeBase: 10_000,
  },
};

const number = v.nullish(v.pipe(v.number(), v.finite(), v.gtValue(0)));
const size = v.pipe(positive, v.maxValue(2 ** 31));
const flag = v.nullish(v.boolean());
const schema = v.object({
  model_type: v.string(),
  vocab_size: size,
  hidden_size: size,
  num_hidden_layers: v.pipe(positive, v.maxValue(1000)),
  num_attention_heads: size,
  num_key_value_heads: v.nullish(size),
  head_dim: v.nullish(size),
  intermediate_size: size,
  max_position_embeddings: size,
  hidden_act: v.nullish(v.string()),
  hidden_activation: v.nullish(v.string()),
  rms_norm_eps: number,
  norm_epsilon: number,
  sliding_window: v.nullish(size),
  use_sliding_window: flag,
  max_window_layers: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
  sliding_window_pattern: v.nullish(size),
  layer_types: v.nullish(v.array(v.picklist(['full_attention', 'sliding_attention']))),
  query_pre_attn_scalar: number,
  attn_logit_softcapping: number,
  final_logit_softcapping: number,
  tie_word_embeddings: flag,
  use_bidirectional_attention: flag,
  quantization_config: v.nullish(v.unknown()),
  ...rotationKeys,
});
type Config = v.InferOutput<typeof schema>;

/** A decoder's configuration, understood. */
export interface DecoderConfig {
  readonly family: Family;
  /** Its `model_type`. */
  readonly architecture: string;
  readonly shape: DecoderShape;
  /** Whether the table of token vectors is the head, too. */
  readonly tied: boolean;
}

/** @param folder for messages @throws {EngineError} `modelInvalid`, in one sentence, where it is not understood */
export function readDecoderConfig(folder: string, json: unknown): DecoderConfig {
  const refuse = (what: string) =>
    invalid(`The weights in the model folder ${folder} cannot be used: ${what}; choose another model.`);
  const type = v.safeParse(v.object({ model_type: v.string() }), json);
  const architecture = type.success ? type.output.model_type : 'unknown';
  const family = Object.hasOwn(families, architecture) ? families[architecture] : undefined;
  if (!family) throw refuse(`config.json names the family ${JSON.stringify(architecture.slice(0, 40))}`);
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) throw refuse(`of config.json, ${misfit(parsed.issues[0])}`);
  const config = parsed.output;
  const activation = config.hidden_activation ?? config.hidden_act ?? family.activation;
  if (activation !== family.activation && !family.activationNames.includes(activation))
    throw refuse(`a ${architecture} with the activation ${JSON.stringify(activation.slice(0, 40))} is not known`);
  if (config.quantization_config !== undefined && config.quantization_config !== null)
    throw refuse('they are quantized in a way of their own, and only F32, F16 and BF16 are understood');
  if (config.use_bidirectional_attention) throw refuse('its attention looks ahead, which no decoder of text does');
  if (config.max_position_embeddings > maxContextLength)
    throw refuse(`its context has ${config.max_position_embeddings} tokens`);
  return {
    family,
    architecture,
    shape: shapeOf(config, family, refuse),
    tied: config.tie_word_embeddings ?? family.tied ?? false,
  };
}

function shapeOf(config: Config, family: Family, refuse: (what: string) => Error): DecoderShape {
  const { hidden_size: width, num_attention_heads: heads, num_key_value_heads, head_dim } = config;
  const kvHeads = num_key_value_heads ?? heads;
  const headSize = head_dim ?? family.headSize ?? width / heads;
  if (heads % kvHeads !== 0 || headSize % 2 !== 0) throw refuse(`${heads} heads cannot share ${kvHeads}`);
  const rotations = readRotations(config, { headSize, ...family }, refuse);
  const [attentionLimit, logitLimit] = [
    config.attn_logit_softcapping === undefined ? family.limits?.attention : config.attn_logit_softcapping,
    config.final_logit_softcapping === undefined ? family.limits?.logit : config.final_logit_softcapping,
  ];
  const window = windowsOf(config, family, refuse);
  return {
    vocabularySize: config.vocab_size,
    width,
    layers: config.num_hidden_layers,
    heads,
    kvHeads,
    headSize,
    hidden: config.intermediate_size,
    contextLength: config.max_position_embeddings,
    ...rotations.all,
    normEpsilon: config.rms_norm_eps ?? config.norm_epsilon ?? (family.norm === 'layer' ? 1e-5 : 1e-6),
    norm: family.norm,
    activation: family.activation,
    ...(family.gemma && { embeddingScale: Math.sqrt(width) }),
    ...(family.normsAfter && { attentionScale: (config.query_pre_attn_scalar ?? 256) ** -0.5 }),
    ...(family.gemma && { attentionLimit: attentionLimit ?? undefined, logitLimit: logitLimit ?? undefined }),
    ...(window && { window: { ...window, ...rotations.window } }),
  };
}

/** Which layers look back a window only, and how far; `undefined` where none does. */
function windowsOf(
  config: Config,
  { windows }: Family,
  refuse: (what: string) => Error,
): Pick<AttentionWindow, 'tokens' | 'every'> | undefined {
  const { num_hidden_layers: layers, sliding_window: tokens } = config;
  const has = hasWindow(config, windows);
  if (tokens === undefined || tokens === null || windows === undefined) return undefined;
  if (config.layer_types && config.layer_types.length !== layers)
    throw refuse(`config.json lists the kinds of ${config.layer_types.length} layers, and there are ${layers}`);
  const found = Array.from({ length: layers }, (_, layer) => has(layer));
  if (!found.includes(true)) return undefined;
  const first = found.indexOf(false);
  const window = { tokens, ropeBase: 1, ...(first >= 0 && { every: first + 1 }) };
  if (found.some((one, layer) => one !== (windowOf(layer, window) !== undefined)))
    throw refuse('its layers look back a window and all the way in an order that is not known');
  return { tokens, ...(first >= 0 && { every: first + 1 }) };
}

function hasWindow(config: Config, windows: Family['windows']): (layer: number) => boolean {
  const { layer_types: kinds, use_sliding_window: counted, max_window_layers: from } = config;
  if (windows === 'all') return () => true;
  if (kinds) return (layer) => kinds[layer] === 'sliding_attention';
  if (windows === 'counted') return (layer) => counted === true && layer >= (from ?? 28);
  const every = config.sliding_window_pattern ?? windows ?? 1;
  return (layer) => (layer + 1) % every !== 0;
}

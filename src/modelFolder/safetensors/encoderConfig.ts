/**
 * What `config.json` of a BERT or a ModernBERT says, as far as a graph is built from it. Used where encoders are summed up and
 * assembled; what is not understood is refused here, so that no graph is built that gives other vectors than the model's own.
 * Keys and their defaults: `configuration_bert.py` and `configuration_modernbert.py` of https://github.com/huggingface/transformers.
 */
import * as v from 'valibot';
import { misfit } from '../../common/schemaIssue';
import { invalid } from '../layouts/files';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 24));
const epsilon = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));
const base = v.pipe(v.number(), v.finite(), v.gtValue(0));
const no = v.nullish(v.literal(false));

const sizes = {
  hidden_size: count,
  intermediate_size: count,
  max_position_embeddings: count,
  num_attention_heads: count,
  num_hidden_layers: v.pipe(count, v.maxValue(1_000)),
  vocab_size: count,
};
const bert = v.object({
  ...sizes,
  model_type: v.literal('bert'),
  hidden_act: v.literal('gelu'),
  layer_norm_eps: epsilon,
  position_embedding_type: v.optional(v.literal('absolute'), 'absolute'),
  type_vocab_size: count,
});
const rotation = v.object({ rope_theta: v.nullish(base), rope_type: v.nullish(v.literal('default')) });
const kinds = ['full_attention', 'sliding_attention'] as const;
const modernBert = v.object({
  ...sizes,
  model_type: v.literal('modernbert'),
  attention_bias: no,
  global_attn_every_n_layers: v.nullish(count),
  global_rope_theta: v.nullish(base),
  hidden_activation: v.nullish(v.literal('gelu')),
  layer_types: v.nullish(v.array(v.picklist(kinds))),
  local_attention: v.nullish(count),
  local_rope_theta: v.nullish(base),
  mlp_bias: no,
  norm_bias: no,
  norm_eps: v.nullish(epsilon),
  rope_parameters: v.nullish(v.object({ full_attention: v.nullish(rotation), sliding_attention: v.nullish(rotation) })),
});

/** Sizes that both have. */
interface AnyEncoderShape {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  /** Positions that it knows; tokens of the longest text. */
  readonly positions: number;
  /** Added to the variance in layer normalisation. */
  readonly epsilon: number;
}

/** Sizes of a BERT (Devlin et al. 2018, "BERT: Pre-training of Deep Bidirectional Transformers", §3). */
export interface BertShape extends AnyEncoderShape {
  readonly family: 'bert';
  /** Kinds of text, of which all have the first here. */
  readonly types: number;
}

/** Sizes of a ModernBERT (Warner et al. 2024, arXiv:2412.13663, §2.1). */
export interface ModernBertShape extends AnyEncoderShape {
  readonly family: 'modernbert';
  /** Of each layer, whether its tokens see those near by only. */
  readonly isLocal: readonly boolean[];
  /** So many tokens to either side are seen there. */
  readonly reach: number;
  /** Bases of the wavelengths by which positions are rotated into queries and keys. */
  readonly ropeBase: number;
  readonly localRopeBase: number;
}

export type EncoderShape = BertShape | ModernBertShape;

/** @param folder for messages @throws {EngineError} `modelInvalid` where the model is another, or one that is not understood */
export function readEncoderShape(folder: string, json: unknown): EncoderShape {
  const parsed = v.safeParse(v.variant('model_type', [bert, modernBert]), json);
  if (!parsed.success)
    throw invalid(
      `config.json in the model folder ${folder} is not one of a BERT that Glassbox can build: ${misfit(parsed.issues[0])}; choose another model.`,
    );
  const config = parsed.output;
  const refuse = (what: string) =>
    invalid(`config.json in the model folder ${folder} has ${what}; copy the model again.`);
  const { hidden_size: width, num_attention_heads: heads } = config;
  if (width % heads !== 0) throw refuse(`a hidden_size of ${width}, which ${heads} heads cannot share`);
  const shared = {
    vocabulary: config.vocab_size,
    width,
    layers: config.num_hidden_layers,
    heads,
    feedForward: config.intermediate_size,
    positions: config.max_position_embeddings,
  };
  if (config.model_type === 'bert')
    return { ...shared, family: 'bert', types: config.type_vocab_size, epsilon: config.layer_norm_eps };
  if ((width / heads) % 2 !== 0) throw refuse(`heads of ${width / heads} numbers, which cannot be rotated`);
  const isLocal = localLayers(config);
  if (isLocal.length !== shared.layers)
    throw refuse(`kinds of ${isLocal.length} layers, and there are ${shared.layers}`);
  const { full_attention: all, sliding_attention: near } = config.rope_parameters ?? {};
  return {
    ...shared,
    family: 'modernbert',
    epsilon: config.norm_eps ?? 1e-5,
    isLocal,
    reach: Math.floor((config.local_attention ?? 128) / 2),
    ropeBase: all?.rope_theta ?? config.global_rope_theta ?? 160_000,
    localRopeBase: near?.rope_theta ?? config.local_rope_theta ?? 10_000,
  };
}

function localLayers(config: v.InferOutput<typeof modernBert>): boolean[] {
  const { layer_types: listed, num_hidden_layers: layers, global_attn_every_n_layers: every } = config;
  if (listed) return listed.map((kind) => kind === 'sliding_attention');
  return Array.from({ length: layers }, (_, layer) => layer % (every ?? 3) !== 0);
}

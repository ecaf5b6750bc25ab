/**
 * What `config.json` of a BERT says, as far as a graph is built from it. Used by `assembleEncoder`; what is not understood is
 * refused here, so that no graph is built that gives other vectors than the model's own.
 */
import * as v from 'valibot';
import { misfit } from '../../../common/schemaIssue';
import { invalid } from '../../../modelFolder/layouts/files';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 24));

const schema = v.object({
  model_type: v.literal('bert'),
  hidden_act: v.literal('gelu'),
  position_embedding_type: v.optional(v.literal('absolute'), 'absolute'),
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: v.pipe(count, v.maxValue(1_000)),
  num_attention_heads: count,
  intermediate_size: count,
  max_position_embeddings: count,
  type_vocab_size: count,
  layer_norm_eps: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
});

/** Sizes of a BERT (Devlin et al. 2018, "BERT: Pre-training of Deep Bidirectional Transformers", §3). */
export interface BertShape {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  /** Positions that it has learned; tokens of the longest text. */
  readonly positions: number;
  /** Kinds of text, of which all have the first here. */
  readonly types: number;
  /** Added to the variance in layer normalisation. */
  readonly epsilon: number;
}

/** @param folder for messages @throws {EngineError} `modelInvalid` where the model is no BERT, or one that is not understood */
export function readBertShape(folder: string, json: unknown): BertShape {
  const parsed = v.safeParse(schema, json);
  if (!parsed.success)
    throw invalid(
      `config.json in the model folder ${folder} is not one of a BERT that Glassbox can build: ${misfit(parsed.issues[0])}; choose another model.`,
    );
  const config = parsed.output;
  if (config.hidden_size % config.num_attention_heads !== 0)
    throw invalid(
      `config.json in the model folder ${folder} has a hidden_size of ${config.hidden_size}, which ${config.num_attention_heads} heads cannot share; copy the model again.`,
    );
  return {
    vocabulary: config.vocab_size,
    width: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    feedForward: config.intermediate_size,
    positions: config.max_position_embeddings,
    types: config.type_vocab_size,
    epsilon: config.layer_norm_eps,
  };
}

/**
 * Reads the `config.json` of a transformers folder: role, context length and vocabulary; used by
 * `transformersLayout.ts`.
 */
import * as v from 'valibot';
import { misfit } from '../../common/schemaIssue';
import { invalid } from './files';
import { positive } from '../../common/schemas';

const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const ids = v.nullish(v.union([v.number(), v.array(v.number())]));

const config = v.object({
  model_type: v.nullish(v.string()),
  _name_or_path: v.nullish(v.string()),
  architectures: v.nullish(v.array(v.string())),
  is_encoder_decoder: v.nullish(v.boolean()),
  vocab_size: positive,
  bos_token_id: ids,
  eos_token_id: ids,
  pad_token_id: v.nullish(id),
  decoder_start_token_id: v.nullish(id),
  forced_bos_token_id: v.nullish(id),
  // The families' own names for the same number, the usual one first.
  max_position_embeddings: v.nullish(positive),
  n_positions: v.nullish(positive),
  n_ctx: v.nullish(positive),
  seq_length: v.nullish(positive),
  max_sequence_length: v.nullish(positive),
  max_seq_len: v.nullish(positive),
});
export type PublicConfig = v.InferOutput<typeof config>;

export type PublicRole = 'decoder' | 'encoder' | 'encoder-decoder';

/** The content of a `config.json` of `transformers`. @throws {EngineError} `modelInvalid` */
export function readPublicConfig(folder: string, json: unknown): PublicConfig {
  const parsed = v.safeParse(config, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw invalid(`config.json in the model folder ${folder} is not understood: ${misfit(issue)}; choose another model.`);
}

/** What the class that `transformers` loads the weights into is for. Without a class, text generation. */
export function roleOf({ architectures, is_encoder_decoder: both }: PublicConfig): PublicRole {
  const [architecture] = architectures ?? [];
  if (architecture === undefined) return both ? 'encoder-decoder' : 'decoder';
  if (/(EncoderModel|EncoderForMaskedLM)$/.test(architecture)) return 'encoder';
  if (both) return 'encoder-decoder';
  return /(ForCausalLM|LMHeadModel)$/.test(architecture) ? 'decoder' : 'encoder';
}

/** Families that number the positions of a text from behind the padding token's id on, and have so many fewer. */
const positionsBehindPadding = new Set([
  'roberta',
  'xlm-roberta',
  'xlm-roberta-xl',
  'camembert',
  'mpnet',
  'longformer',
  'roberta-prelayernorm',
  'xmod',
]);

/** How many tokens the model can take, where its configuration says so. */
export function statedContextLength(settings: PublicConfig): number | undefined {
  const positions =
    settings.max_position_embeddings ??
    settings.n_positions ??
    settings.n_ctx ??
    settings.seq_length ??
    settings.max_sequence_length ??
    settings.max_seq_len ??
    undefined;
  if (positions === undefined || !positionsBehindPadding.has(settings.model_type ?? '')) return positions;
  return positions - 1 - (settings.pad_token_id ?? 1);
}

/** @throws {EngineError} `modelInvalid` where it is not stated */
export function contextLength(folder: string, settings: PublicConfig): number {
  const length = statedContextLength(settings);
  if (length === undefined) {
    throw invalid(`config.json in the model folder ${folder} states no context length; add "max_position_embeddings".`);
  }
  return length;
}

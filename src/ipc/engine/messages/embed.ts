/**
 * Schemas and limits of the engine method `embed`; used by `protocol.ts`, and by the `similarity` message for its
 * limit of text.
 */
import * as v from 'valibot';
import { count, float32Array } from './parts';

/** Texts of one request: a few seconds of work on a slow machine. */
export const maxTexts = 256;
/** UTF-16 units; far more than an encoder's context holds. */
export const maxTextLength = 32_768;

export const embedParams = v.strictObject({
  /** Absolute path of the model folder. */
  model: v.string(),
  /** Models trained on pairs of question and answer tell the two apart. */
  kind: v.picklist(['query', 'document']),
  texts: v.pipe(v.array(v.pipe(v.string(), v.maxLength(maxTextLength))), v.maxLength(maxTexts)),
});

export const embedResult = v.strictObject({
  /** [texts, dimension], row by row, each of length 1; zeros for a text that has no tokens. */
  vectors: float32Array,
  dimension: count,
  /** Tokens of all texts together, as the model saw them. */
  tokens: count,
  /** How many of the texts were longer than the model's context, so that their ends are not in their vectors. */
  truncated: count,
});
export type EmbedResult = v.InferOutput<typeof embedResult>;

/**
 * Why two texts are alike to a model that reads them apart. There is no attention between them: their likeness is the
 * cosine of two vectors, each of which is put together from what its text's tokens add to it. So the cosine is a sum over
 * pairs of tokens, one of each text, and nothing is left over.
 */
import * as v from 'valibot';
import { capturedSequence } from './attention';
import { maxTextLength } from './embed';
import { count, float32Array } from './parts';

const text = v.pipe(v.string(), v.maxLength(maxTextLength));

export const similarityParams = v.strictObject({
  /** Absolute path of the folder of an encoder, or of a table of token vectors. */
  model: v.string(),
  question: text,
  /** What was found, and the definitions that it stands in, as the model was given them in front of it; perhaps none. */
  code: text,
  around: text,
});
export type SimilarityParams = v.InferOutput<typeof similarityParams>;

export const similarityResult = v.strictObject({
  /** The question and the code as the model reads them. Between tokens, there may be text that it does not read. */
  question: capturedSequence,
  code: capturedSequence,
  /**
   * [tokens of the question, tokens of the code]: what each pair adds to the score; below 0 where it speaks against it.
   * 32-bit floats: a pair is rounded by 6e-8 of itself at most.
   */
  pairs: float32Array,
  /** The cosine of both vectors, -1…1, calculated from the vectors themselves: the sum of all pairs, but for rounding. */
  score: v.number(),
  /** How the tokens of a text make its vector. `table`: each token has one vector, wherever it stands. */
  pooling: v.picklist(['table', 'mean', 'weightedMean', 'max', 'first', 'last']),
  /** Tokens of either text that are left out, because the model takes no more. */
  truncated: v.strictObject({ question: v.boolean(), code: v.boolean() }),
  dimension: count,
});
export type Similarity = v.InferOutput<typeof similarityResult>;

export const similarityMethods = {
  /** @throws {EngineError} `invalid` where a text has nothing that the model reads, or the pairs are more than a message holds */
  similarity: { params: similarityParams, result: similarityResult, event: v.never() },
} as const;

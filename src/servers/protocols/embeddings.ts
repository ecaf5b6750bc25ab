/**
 * OpenAI's `POST /v1/embeddings`, which all of the servers have; used for search. The vectors have the shape of the engine's
 * method `embed`.
 */
import * as v from 'valibot';
import type { EmbedResult } from '../../ipc/engine/protocol';
import { count } from '../../common/schemas';
import { ServerError } from '../errors';
import { checked, usage } from './parts';
import type { TextRequest } from './types';

export interface EmbeddingsRequest {
  readonly model?: string | undefined;
  readonly texts: readonly string[];
}

export const embeddingsRequest = ({ model, texts }: EmbeddingsRequest): TextRequest => ({
  path: '/v1/embeddings',
  body: { ...(model !== undefined && { model }), input: texts, encoding_format: 'float' },
});

const maxDimension = 8_192;

const answered = v.object({
  data: v.array(
    v.object({
      index: v.nullish(count),
      embedding: v.pipe(v.array(v.number()), v.minLength(1), v.maxLength(maxDimension)),
    }),
  ),
  usage: v.nullish(usage),
});

/**
 * @param texts how many were sent
 * @returns vectors [texts, dimension] of length 1, in the order of the texts, whatever order the server lists them in
 * @throws {ServerError} `failed`, or `invalid` where vectors are missing, or are not all of one dimension
 */
export function embeddingsOf(answer: unknown, texts: number): Omit<EmbedResult, 'truncated'> {
  const { data, usage: counts } = checked(answered, answer);
  const dimension = data[0]?.embedding.length ?? 0;
  const places = new Set(data.map(({ index }, at) => index ?? at));
  const fits =
    data.length === texts && places.size === texts && data.every(({ embedding }) => embedding.length === dimension);
  if (!fits) throw new ServerError('invalid', 'The server did not send one vector for each text.');
  const vectors = new Float32Array(texts * dimension);
  for (const [at, { index, embedding }] of data.entries()) {
    const place = index ?? at;
    if (place >= texts) throw new ServerError('invalid', 'The server did not send one vector for each text.');
    vectors.set(normalized(embedding), place * dimension);
  }
  return { vectors, dimension, tokens: counts?.prompt_tokens ?? 0 };
}

/** Of length 1; zeros stay zeros. @throws {ServerError} `invalid` where a number is out of all bounds */
function normalized(vector: readonly number[]): Float32Array {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!Number.isFinite(largest))
    throw new ServerError('invalid', 'The server sent a vector with a number out of bounds.');
  if (largest === 0) return new Float32Array(vector.length);
  // Divided first, so that no square is infinite or 0.
  const scaled = vector.map((value) => value / largest);
  const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(scaled, (value) => value / length);
}

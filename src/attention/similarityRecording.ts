/** A similarity as a file: all pairs are in it, so nothing is left to ask a model for. Nothing here needs Node. */
import { pack } from './typedArrayFile';
import { EngineError } from '../ipc/engine/errors';
import type { Similarity } from '../ipc/engine/messages/similarity';

/** What tells it from recordings of attention, whose version is 1. */
export const similarityVersion = 2;

/** What `packed.ts` has written. */
export interface SimilarityRecording extends Omit<Similarity, 'dimension'> {
  readonly version: number;
  readonly kind: 'similarity';
  /** Name of the model folder. */
  readonly model: string;
  /** The cosine by which a search found the code; absent where none did. */
  readonly foundBy?: number | undefined;
}

/** @param recorded what it is of; anything else that stands in it is left out */
export function recordSimilarity({
  model,
  question,
  code,
  pairs,
  score,
  pooling,
  truncated,
  foundBy,
}: Omit<SimilarityRecording, 'version' | 'kind'>): Uint8Array {
  return pack({
    version: similarityVersion,
    kind: 'similarity',
    model,
    question,
    code,
    pairs,
    score,
    pooling,
    truncated,
    ...(foundBy === undefined ? {} : { foundBy }),
  });
}

/** @throws {EngineError} `invalid` where it is one that does not fit together */
export function isSimilarity(value: unknown): value is SimilarityRecording {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'similarity') return false;
  const { question, code, pairs } = value as Partial<SimilarityRecording>;
  if (!(pairs instanceof Float32Array) || pairs.length !== (question?.ids.length ?? 0) * (code?.ids.length ?? 0)) {
    throw new EngineError('invalid', 'The recording has fewer or more pairs than it says.');
  }
  return true;
}

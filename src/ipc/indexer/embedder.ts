/**
 * The interface of a model that embeds texts, and the name under which its vectors are stored; used by the indexer and
 * the search feature. Vectors of different names are never compared.
 */

/** What a text is for: some models embed questions in another way than what answers them. */
export type EmbeddingKind = 'document' | 'query';

/** Turns texts into vectors whose cosine says how near their meanings are. */
export interface Embedder {
  /** Names the model and its version: vectors of different ids are never compared. */
  readonly id: string;
  /** Numbers in a vector. */
  readonly dimension: number;
  /**
   * @param signal when it is aborted, the vectors are no longer wanted
   * @returns the vectors of the texts one behind the other, `texts.length × dimension` numbers; a text that says
   *   nothing has the zero vector, every other one is of length 1
   */
  embed(texts: readonly string[], kind: EmbeddingKind, signal?: AbortSignal): Promise<Float32Array>;
}

/** Under what name the vectors of a model are kept: everything that makes them different is part of it. */
export function vectorModel({ id, dimension }: Pick<Embedder, 'id' | 'dimension'>): string {
  return `${id}/${dimension}/int8`;
}

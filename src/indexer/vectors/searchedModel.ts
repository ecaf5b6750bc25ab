/**
 * Types for a model whose vectors are searched and for a question embedded by it; used by search and the dense index.
 */

/** A model whose vectors are searched. */
export interface SearchedModel {
  /** See `vectorModel`. */
  readonly name: string;
  readonly dimension: number;
}

/** A question as a model sees it. */
export interface QuestionVector {
  readonly vector: Int8Array;
  /** What the same model makes of questions without meaning; none where that is not known. */
  readonly nonsense?: readonly Int8Array[] | undefined;
}

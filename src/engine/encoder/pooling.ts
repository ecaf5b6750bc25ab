/**
 * Pools a text's token vectors into one vector (first, last, max, mean, weighted mean) and splits that vector into
 * token contributions; used by `encoder.ts`. Results are not normalized.
 */
import type { Pooling } from '../../modelFolder/layouts/types';

/** Where a text's vectors lie in what a graph gave back. */
export interface TokenVectors {
  /** [texts, longest, dimension], row by row. */
  readonly values: Float32Array;
  readonly dimension: number;
  /** Row of the text's first token. */
  readonly first: number;
  /** Tokens of the text, padding not counted. */
  readonly length: number;
  /** Tokens at the front that do not count. */
  readonly unpooled: number;
}

/** Adds the vectors of a text's tokens up into `into`, which holds zeros; its length means nothing. */
export function pool(pooling: Pooling, vectors: TokenVectors, into: Float32Array): void {
  const { values, dimension, first, length } = vectors;
  // A text of nothing but its prefix is pooled as if the prefix counted.
  const skipped = vectors.unpooled < length ? vectors.unpooled : 0;
  const row = (token: number) => values.subarray((first + token) * dimension, (first + token + 1) * dimension);
  switch (pooling) {
    case 'first':
      into.set(row(0));
      return;
    case 'last':
      into.set(row(length - 1));
      return;
    case 'max':
      into.set(row(skipped));
      for (let token = skipped + 1; token < length; token++) {
        row(token).forEach((value, at) => {
          if (value > (into[at] as number)) into[at] = value;
        });
      }
      return;
    case 'mean':
    case 'weightedMean':
      for (let token = skipped; token < length; token++) {
        const weight = pooling === 'mean' ? 1 : token + 1;
        const added = row(token);
        for (let at = 0; at < dimension; at++) into[at] = (into[at] as number) + weight * (added[at] as number);
      }
  }
}

/**
 * What each token adds to the vector that `pool` makes: their sum is that vector. Where it takes the largest of each number,
 * the number is the first token's that has it.
 *
 * @returns [length, dimension]; zeros for tokens that do not count
 */
export function contributions(pooling: Pooling, vectors: TokenVectors): Float32Array {
  const { values, dimension, first, length } = vectors;
  const added = new Float32Array(length * dimension);
  const skipped = vectors.unpooled < length ? vectors.unpooled : 0;
  const row = (token: number) => values.subarray((first + token) * dimension, (first + token + 1) * dimension);
  switch (pooling) {
    case 'first':
    case 'last': {
      const token = pooling === 'first' ? 0 : length - 1;
      added.set(row(token), token * dimension);
      break;
    }
    case 'max':
      for (let at = 0; at < dimension; at++) {
        let best = skipped;
        for (let token = skipped + 1; token < length; token++)
          if ((row(token)[at] as number) > (row(best)[at] as number)) best = token;
        added[best * dimension + at] = row(best)[at] as number;
      }
      break;
    case 'mean':
    case 'weightedMean':
      for (let token = skipped; token < length; token++) {
        const weight = pooling === 'mean' ? 1 : token + 1;
        row(token).forEach((value, at) => (added[token * dimension + at] = weight * value));
      }
  }
  return added;
}

/** Scales a vector to length 1. One without a direction stays zero. */
export function normalize(vector: Float32Array): void {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (length === 0) return;
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] as number) / length;
}

import { probability } from '../../../src/engine/copying/confidence';

export interface Sample {
  readonly features: readonly number[];
  /** 0 or 1. */
  readonly right: number;
}

const ridge = 1;
const rounds = 30;

/** Weights of a logistic regression with a little ridge, by Newton's method (iteratively reweighted least squares). */
export function fit(samples: readonly Sample[]): number[] {
  const size = samples[0]?.features.length ?? 0;
  let weights = new Array<number>(size).fill(0);
  for (let round = 0; round < rounds; round++) {
    const gradient = weights.map((weight) => ridge * weight);
    const curvature = weights.map((_, row) => weights.map((_, column) => (row === column ? ridge : 0)));
    for (const { features, right } of samples) {
      const expected = probability(features, weights);
      for (let row = 0; row < size; row++) {
        gradient[row]! += (expected - right) * features[row]!;
        for (let column = 0; column < size; column++) curvature[row]![column]! += expected * (1 - expected) * features[row]! * features[column]!;
      }
    }
    const step = solve(curvature, gradient);
    weights = weights.map((weight, at) => weight - step[at]!);
  }
  return weights;
}

/** Solves a · x = b for a positive definite a, by Gaussian elimination. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, at) => [...row, b[at]!]);
  const size = b.length;
  for (let pivot = 0; pivot < size; pivot++) {
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = rows[row]![pivot]! / rows[pivot]![pivot]!;
      for (let column = pivot; column <= size; column++) rows[row]![column]! -= factor * rows[pivot]![column]!;
    }
  }
  return rows.map((row, at) => row[size]! / row[at]!);
}

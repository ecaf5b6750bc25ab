import { confidenceFeatures, preferred, probability } from '../../../src/common/statistics/logit';
import type { LogitWeights } from '../../../src/common/statistics/logit';

export interface Sample {
  readonly features: readonly number[];
  /** 0 or 1. */
  readonly right: number;
  /** How much it counts: 1 where there is none. */
  readonly weight?: number;
}

const ridge = 1;
const rounds = 30;
const choiceRounds = 200;

/** Weights of a logistic regression with a little ridge, by Newton's method (iteratively reweighted least squares). */
export function fit(samples: readonly Sample[]): number[] {
  const size = samples[0]?.features.length ?? 0;
  let weights = new Array<number>(size).fill(0);
  for (let round = 0; round < rounds; round++) {
    const gradient = weights.map((weight) => ridge * weight);
    const curvature = weights.map((_, row) => weights.map((_, column) => (row === column ? ridge : 0)));
    for (const { features, right, weight = 1 } of samples) {
      const expected = probability(features, weights);
      for (let row = 0; row < size; row++) {
        gradient[row]! += weight * (expected - right) * features[row]!;
        const factor = weight * expected * (1 - expected) * features[row]!;
        for (let column = 0; column < size; column++) curvature[row]![column]! += factor * features[column]!;
      }
    }
    const step = solve(curvature, gradient);
    weights = weights.map((weight, at) => weight - step[at]!);
  }
  return weights;
}

/** What could be chosen, each by its features; the right ones are 1. */
export interface Choice {
  readonly features: readonly (readonly number[])[];
  readonly right: readonly number[];
}

/**
 * Weights of a conditional logit with a little ridge: Newton's steps with a curvature that is nowhere too small, so that
 * each of them is an improvement (Böhning 1992). Choices without a right one say nothing.
 */
export function fitChoice(choices: readonly Choice[]): number[] {
  const telling = choices.filter(({ right }) => right.includes(1));
  const size = telling[0]?.features[0]?.length ?? 0;
  const curvature = identity(size, ridge);
  for (const { features } of telling) {
    const mean = meanOf(
      features,
      features.map(() => 1 / features.length),
    );
    for (const own of features) {
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++)
          curvature[row]![column]! += ((own[row]! - mean[row]!) * (own[column]! - mean[column]!)) / 2;
      }
    }
  }
  let weights = new Array<number>(size).fill(0);
  for (let round = 0; round < choiceRounds; round++) {
    const gradient = weights.map((weight) => ridge * weight);
    for (const { features, right } of telling) {
      const scores = features.map((own) => own.reduce((sum, value, at) => sum + value * weights[at]!, 0));
      const odds = scores.map((score) => Math.exp(score - Math.max(...scores)));
      const expected = meanOf(features, normalized(odds));
      const wanted = meanOf(features, normalized(odds.map((value, at) => value * right[at]!)));
      for (let row = 0; row < size; row++) gradient[row]! += expected[row]! - wanted[row]!;
    }
    const step = solve(curvature, gradient);
    weights = weights.map((weight, at) => weight - step[at]!);
  }
  return weights;
}

/** Both: what to choose, and how sure that is. @param choices of at least one each; `further` as in `confidenceFeatures` */
export function fitWeights(choices: readonly (Choice & { readonly further?: readonly number[] })[]): LogitWeights {
  const choice = fitChoice(choices);
  const samples = choices.map(({ features, right, further }) => {
    const { index, preference } = preferred(features, choice);
    return { features: confidenceFeatures(features[index]!, preference, further), right: right[index]! };
  });
  return { choice, confidence: fit(samples) };
}

/** As the source has them. */
export function weightsText({ choice, confidence }: LogitWeights): string {
  const list = (weights: readonly number[]) => `[${weights.map((weight) => weight.toFixed(3)).join(', ')}]`;
  return `choice: ${list(choice)}\nconfidence: ${list(confidence)}`;
}

const identity = (size: number, factor: number): number[][] =>
  Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_, column) => (row === column ? factor : 0)));

function meanOf(features: readonly (readonly number[])[], shares: readonly number[]): number[] {
  return features[0]!.map((_, at) => features.reduce((sum, own, index) => sum + shares[index]! * own[at]!, 0));
}

function normalized(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
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

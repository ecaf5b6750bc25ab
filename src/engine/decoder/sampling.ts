import { EngineError } from '../errors';
import type { Sampling } from '../protocol';

/** A generated token with the natural logarithm of its probability. */
export interface ScoredToken {
  readonly id: number;
  readonly logprob: number;
}

/** Chooses the next token. `logits` [vocabulary] may be overwritten. */
export type Sampler = (logits: Float32Array) => ScoredToken;

/**
 * `logprob` is always the model's own: the softmax over the whole vocabulary at temperature 1, forbidden tokens
 * included. Forbidden ids are only never chosen.
 *
 * @param sampling absent or temperature 0: the most probable token (of equals, the lowest id)
 */
export function createSampler(forbiddenIds: readonly number[], sampling?: Sampling): Sampler {
  const choose = sampling && sampling.temperature > 0 ? createDraw(sampling) : mostProbable;
  return (logits) => {
    const normalizer = logSumExp(logits);
    if (!Number.isFinite(normalizer)) throw new EngineError('runtime', 'The model gives numbers that are no probabilities.');
    for (const id of forbiddenIds) logits[id] = -Infinity;
    const id = choose(logits);
    return { id, logprob: (logits[id] as number) - normalizer };
  };
}

function mostProbable(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id;
  return best;
}

function logSumExp(logits: Float32Array): number {
  const highest = logits[mostProbable(logits)] as number;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  return highest + Math.log(sum);
}

/**
 * Draws from the smallest set of tokens whose probability, after temperature, reaches `topP`; at least the most
 * probable token.
 */
function createDraw({ temperature, topP, seed }: Sampling): (logits: Float32Array) => number {
  const random = createRandom(seed);
  let weights = new Float64Array(0);
  return (logits) => {
    if (weights.length !== logits.length) weights = new Float64Array(logits.length);
    const highest = logits[mostProbable(logits)] as number;
    let total = 0;
    for (let id = 0; id < logits.length; id++) {
      const weight = Math.exp(((logits[id] as number) - highest) / temperature);
      weights[id] = weight;
      total += weight;
    }

    // Tokens below this share cannot be in the set, whatever the others are: sorting them all would be slow.
    const negligible = ((1 - topP) / weights.length) * total;
    const ids: number[] = [];
    for (let id = 0; id < weights.length; id++) if ((weights[id] as number) > negligible) ids.push(id);
    ids.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);

    let kept = 0;
    let mass = 0;
    while (kept < ids.length && (kept === 0 || mass < topP * total)) mass += weights[ids[kept++] as number] as number;

    let left = random() * mass;
    for (let rank = 0; rank < kept - 1; rank++) {
      left -= weights[ids[rank] as number] as number;
      if (left < 0) return ids[rank] as number;
    }
    return ids[kept - 1] as number;
  };
}

/** Numbers in [0, 1): the mulberry32 generator, the same for the same seed on every machine. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws a token by temperature, top-p and min-p with a seeded generator; used by `sampling.ts` when sampling is not
 * greedy. Sorts one bin of weights, never the whole vocabulary.
 */
import type { Sampling } from '../../../ipc/engine/protocol';
import { exponential } from './exponential';

/** Tokens of about the same weight are kept together: the logarithms of those in a bin differ by 1/32 at most. */
const binsPerUnit = 32;
/** Holds all that weigh less than e⁻⁴⁰ of the most probable token. */
const lastBin = 40 * binsPerUnit;

/**
 * Draws from the smallest set of tokens whose probability, after temperature, reaches `topP`, less those that are less
 * than `minP` times as probable as the most probable token, which is always in the set.
 *
 * Only the bin in which the set ends is sorted: to sort a whole vocabulary can take longer than to run the model.
 *
 * @returns draws an id, given logits and the highest of them
 */
export function createDraw({
  temperature,
  topP,
  minP = 0,
  seed,
}: Sampling): (logits: Float32Array, highest: number) => number {
  const random = createRandom(seed);
  const masses = new Float64Array(lastBin + 1);
  let weights = new Float64Array(0);
  let bins = new Uint16Array(0);

  return (logits, highest) => {
    if (weights.length !== logits.length)
      [weights, bins] = [new Float64Array(logits.length), new Uint16Array(logits.length)];
    masses.fill(0);
    let total = 0;
    for (let id = 0; id < logits.length; id++) {
      const below = (highest - (logits[id] as number)) / temperature;
      const weight = exponential(-below);
      total += weight;
      if (weight < minP) {
        weights[id] = 0;
        continue;
      }
      const bin = Math.min(below * binsPerUnit, lastBin) | 0;
      weights[id] = weight;
      bins[id] = bin;
      masses[bin] = (masses[bin] as number) + weight;
    }

    const wanted = topP * total;
    let edge = 0;
    let before = 0;
    for (let bin = 1; bin <= lastBin && before + (masses[edge] as number) < wanted; bin++) {
      if (masses[bin] === 0) continue;
      before += masses[edge] as number;
      edge = bin;
    }
    const { ids, mass } = heaviest(idsIn(bins, weights, edge), weights, wanted - before);

    // Among the heavier ones order does not matter.
    let left = random() * (before + mass);
    for (let id = 0; left < before && id < weights.length; id++) {
      if (weights[id] === 0 || (bins[id] as number) >= edge) continue;
      before -= weights[id] as number;
      if (left >= before) return id;
    }
    left -= before;
    for (const id of ids) {
      left -= weights[id] as number;
      if (left < 0) return id;
    }
    return ids.at(-1) as number;
  };
}

function idsIn(bins: Uint16Array, weights: Float64Array, bin: number): number[] {
  const ids: number[] = [];
  for (let id = 0; id < bins.length; id++) if (bins[id] === bin && weights[id] !== 0) ids.push(id);
  return ids;
}

/** The fewest of the ids that weigh at least `wanted` together, or all; at least one. */
function heaviest(ids: number[], weights: Float64Array, wanted: number): { ids: readonly number[]; mass: number } {
  ids.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  let kept = 0;
  let mass = 0;
  do mass += weights[ids[kept++] as number] as number;
  while (kept < ids.length && mass < wanted);
  return { ids: ids.slice(0, kept), mass };
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

/**
 * Chooses the next token from logits, greedily or by sampling, with penalties, forbidden ids and runners-up; used by
 * `generation.ts`. The reported log-probability is the model's own.
 */
import { EngineError } from '../../../ipc/engine/errors';
import type { Sampling } from '../../../ipc/engine/protocol';
import { createDraw } from './draw';
import { exponential } from './exponential';

/** A generated token with the natural logarithm of its probability. */
export interface ScoredToken {
  readonly id: number;
  readonly logprob: number;
  /** The most probable tokens that might have stood in its place, the likeliest first, where they were asked for. */
  readonly runnersUp?: readonly ScoredToken[];
}

/**
 * Chooses the token behind the first `length` ones of a text.
 *
 * @param logits [vocabulary]; they may be overwritten
 * @param allows which tokens there are to choose from
 */
export type Sampler = (
  logits: Float32Array,
  text: Int32Array,
  length: number,
  allows?: (id: number) => boolean,
) => ScoredToken;

/** Repetitions of tokens further back are nothing that a penalty should act upon. */
const penalizedTokens = 64;

/**
 * `logprob` is always the model's own: the softmax over the whole vocabulary at temperature 1, forbidden and penalized
 * tokens included, over those that are allowed where not all are. Forbidden ids are only never chosen.
 *
 * @param sampling absent or temperature 0: the most probable token (of equals, the lowest id)
 * @param runnersUp how many of the tokens that were not chosen are reported with each chosen one
 */
export function createSampler(forbiddenIds: readonly number[], sampling?: Sampling, runnersUp = 0): Sampler {
  const greedy = sampling === undefined || sampling.temperature === 0;
  const draw = greedy ? undefined : createDraw(sampling);
  const choose = (logits: Float32Array): number => {
    const best = argmax(logits);
    return draw ? draw(logits, logits[best] as number) : best;
  };
  const penalty = sampling?.repetitionPenalty ?? 1;
  return (logits, text, length, allows) => {
    for (let id = 0; allows && id < logits.length; id++) if (!allows(id)) logits[id] = -Infinity;
    const best = argmax(logits);
    const normalizer = logSumExp(logits, logits[best] ?? NaN);
    if (!Number.isFinite(normalizer))
      throw new EngineError('runtime', 'The model gives numbers that are no probabilities.');
    for (const id of forbiddenIds) logits[id] = -Infinity;
    const former =
      penalty === 1
        ? undefined
        : penalize(logits, text.subarray(Math.max(0, length - penalizedTokens), length), penalty);
    const id = greedy && !former && logits[best] !== -Infinity ? best : choose(logits);
    const scored = (one: number): ScoredToken => ({
      id: one,
      logprob: (former?.get(one) ?? logits[one] ?? NaN) - normalizer,
    });
    const token = scored(id);
    if (runnersUp === 0) return token;
    logits[id] = -Infinity;
    return { ...token, runnersUp: likeliest(logits, runnersUp).map(scored) };
  };
}

/** A token that was chosen elsewhere, with its probability over the whole vocabulary. @param logits [vocabulary] */
export function scored(logits: Float32Array, id: number): ScoredToken {
  return { id, logprob: (logits[id] ?? NaN) - logSumExp(logits, logits[argmax(logits)] ?? NaN) };
}

/** The ids of the highest logits, the highest first, of equals the lowest id; none that cannot be chosen. */
function likeliest(logits: Float32Array, count: number): number[] {
  const ids: number[] = [];
  let least = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (logit <= least) continue;
    const at = ids.findIndex((other) => (logits[other] as number) < logit);
    ids.splice(at < 0 ? ids.length : at, 0, id);
    if (ids.length > count) ids.pop();
    if (ids.length === count) least = logits[ids[count - 1] as number] as number;
  }
  return ids;
}

/**
 * Makes tokens that stand in a text less probable, as Keskar et al. do (CTRL, arXiv 1909.05858): positive logits are
 * divided by the penalty, negative ones multiplied with it.
 *
 * @returns what their logits were
 */
function penalize(logits: Float32Array, recent: Int32Array, penalty: number): Map<number, number> {
  const former = new Map<number, number>();
  for (const id of recent) {
    if (former.has(id)) continue;
    const logit = logits[id] as number;
    former.set(id, logit);
    logits[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return former;
}

/** Of equals, the lowest id. */
function argmax(logits: Float32Array): number {
  let best = 0;
  let highest = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (logit > highest) {
      highest = logit;
      best = id;
    }
  }
  return best;
}

function logSumExp(logits: Float32Array, highest: number): number {
  let sum = 0;
  // Not by its iterator, which takes twice as long.
  let id = logits.length;
  while (--id >= 0) sum += exponential((logits[id] as number) - highest);
  return highest + Math.log(sum);
}

/**
 * Speculative decoding for one request: drafts tokens by lookup, also in earlier texts, and decides how many are worth
 * checking in one run; created by `decoder.ts`. Reads no clock, so results stay reproducible.
 */
import { maxMatchTokens, lookUp } from './lookup';
import type { Draft } from './lookup';

/** Drafts of a run; with the token that is certain they make an even number of rows (see `planRun`). */
const draftCounts = [1, 3] as const;
const maxDraftTokens = 3;

/**
 * Time of a run by its number of drafts, as shares of one without: rounded up from what decoders of 135 million to half
 * a billion weights take on several processors. Measuring it on the spot would be closer, but then what a request
 * writes would depend on what the machine did before: a row that is run alone differs from one that is run with others.
 * In pairs, the token before is run again where there is no draft.
 */
const costs = { alone: { 0: 1, 1: 1.2, 3: 1.6 }, inPairs: { 0: 1, 1: 1, 3: 1.33 } } as const;

/** Probability that a draft is right, by how many tokens its place has in common with the text, before any was seen. */
const priorAcceptance = (match: number): number => Math.min(0.9, 0.1 + 0.15 * match);
/** So many observations the assumption counts for. */
const assumedWeight = 4;
/** Weight of what was seen before at each new observation. */
const memory = 0.97;

const noTokens = new Int32Array();

/**
 * Guesses the tokens that come next in one request from its text, so that one run can check several: a run of four rows
 * takes much less time than four runs.
 *
 * How many tokens to guess follows from how often guesses like this one were right, which shows with every token
 * whether it was guessed or not: where it does not pay, none are.
 */
export class Speculation {
  /** By match: decayed numbers of observations and of right guesses. */
  readonly #seen = new Float64Array(maxMatchTokens + 1);
  readonly #right = new Float64Array(maxMatchTokens + 1);
  readonly #costs: (typeof costs)['alone' | 'inPairs'];

  /**
   * @param inPairs see `GenerateRequest`
   * @param earlier tokens of other texts to guess from: of pairs alone, since what is written must not depend on them
   */
  constructor(
    inPairs = false,
    private readonly earlier: Int32Array = noTokens,
  ) {
    this.#costs = inPairs ? costs.inPairs : costs.alone;
  }

  /**
   * Drafts for a run behind the first `length` tokens of a text.
   *
   * @param most drafts that there is room for
   */
  draft(text: Int32Array, length: number, most: number): Draft | undefined {
    if (most <= 0) return undefined;
    const bound = Math.min(most, maxDraftTokens);
    if (this.earlier.length === 0) return lookUp(text, length, bound);
    const all = new Int32Array(this.earlier.length + length);
    all.set(this.earlier);
    all.set(text.subarray(0, length), this.earlier.length);
    return lookUp(all, all.length, bound);
  }

  /** How many of the drafts are worth being run: 0, 1 or 3. */
  count({ ids, match }: Draft): number {
    let best = 0;
    let bestCost: number = this.#costs[0];
    for (const count of draftCounts) {
      if (count > ids.length) break;
      let tokens = 1;
      let probability = 1;
      for (let at = 0; at < count; at++) {
        probability *= this.#acceptance(match + at);
        tokens += probability;
      }
      const cost = this.#costs[count] / tokens;
      if (cost < bestCost) [best, bestCost] = [count, cost];
    }
    return best;
  }

  /** The token that came where the first of the drafts was expected, whether that was run or not. */
  observe(draft: Draft, token: number): void {
    const right = draft.ids[0] === token ? 1 : 0;
    this.#seen[draft.match] = memory * (this.#seen[draft.match] ?? 0) + 1;
    this.#right[draft.match] = memory * (this.#right[draft.match] ?? 0) + right;
  }

  #acceptance(match: number): number {
    const at = Math.min(match, maxMatchTokens);
    const right = (this.#right[at] ?? 0) + assumedWeight * priorAcceptance(at);
    return right / ((this.#seen[at] ?? 0) + assumedWeight);
  }
}

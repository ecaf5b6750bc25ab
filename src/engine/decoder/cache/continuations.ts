/**
 * Remembers how the last texts went on, token by token, so that what was written once is not run again while somebody
 * types along it; used by `decoder.ts`. A token depends on the text before it alone, so what is remembered is what a run
 * would give.
 */
import type { ScoredToken } from '../sampling/sampling';
import { maxMatchTokens } from '../speculation/lookup';

/** Texts that are remembered: those of some keys, with their alternatives and what is read behind them. */
const maxContinuations = 48;

/** Of them, the latest that the next one is guessed from: an alternative often ends like the text that it leaves. */
const maxGuessedFrom = 8;

/** How a text goes on. */
export interface Continuation {
  /** The text with what was written behind it. */
  readonly text: Int32Array;
  /** Where that begins. */
  readonly start: number;
  /** By place behind `start`; none where not all tokens were allowed, so that another place may have others. */
  readonly tokens: readonly (ScoredToken | undefined)[];
  /** What the tokens were chosen by; tokens that were given were not chosen. */
  readonly choice: TokenChoice | 'given';
}

/** The most probable token is chosen. */
export interface TokenChoice {
  /** Never chosen. */
  readonly forbiddenIds: readonly number[];
  /** How many others are known of each token. */
  readonly runnersUp: number;
}

/** The last texts and how they went on. */
export class Continuations {
  /** The latest is the last. */
  readonly #all: Continuation[] = [];

  /** @param continuation its arrays are kept; nothing is remembered where there is none */
  remember(continuation: Continuation | undefined): void {
    if (!continuation) return;
    this.#all.push(continuation);
    if (this.#all.length > maxContinuations) this.#all.shift();
  }

  /** What the last ones wrote, each behind as much of the text before it as a place is known again by: the latest is the last. */
  written(): Int32Array {
    const chosen = this.#all.filter(({ choice }) => choice !== 'given').slice(-maxGuessedFrom);
    return Int32Array.from(
      chosen.flatMap(({ text, start }) => [...text.subarray(Math.max(0, start - maxMatchTokens))]),
    );
  }

  /** What is written behind the first `length` tokens of a text. */
  next(text: Int32Array, length: number, choice: TokenChoice): ScoredToken | undefined {
    return this.#find(text, length, (token, { choice: own }) => {
      if (own === 'given' || own.runnersUp < choice.runnersUp || !areEqual(own.forbiddenIds, choice.forbiddenIds))
        return;
      const { runnersUp, ...alone } = token;
      return choice.runnersUp === 0 ? alone : { ...alone, runnersUp: runnersUp?.slice(0, choice.runnersUp) ?? [] };
    });
  }

  /** How probable a token is behind the first `length` tokens of a text. */
  given(text: Int32Array, length: number, id: number): ScoredToken | undefined {
    return this.#find(text, length, ({ id: own, logprob }) => (own === id ? { id, logprob } : undefined));
  }

  #find(
    text: Int32Array,
    length: number,
    take: (token: ScoredToken, continuation: Continuation) => ScoredToken | undefined,
  ): ScoredToken | undefined {
    for (let at = this.#all.length - 1; at >= 0; at--) {
      const continuation = this.#all[at] as Continuation;
      const token = continuation.tokens[length - continuation.start];
      const found = token && beginsWith(continuation.text, text, length) ? take(token, continuation) : undefined;
      if (found) return found;
    }
    return undefined;
  }
}

/** Compared from the end: texts of one place differ there. */
function beginsWith(text: Int32Array, beginning: Int32Array, length: number): boolean {
  if (text.length < length) return false;
  for (let at = length - 1; at >= 0; at--) if (text[at] !== beginning[at]) return false;
  return true;
}

const areEqual = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((id, at) => id === b[at]));

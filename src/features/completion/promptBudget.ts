/**
 * Chooses the maximum length of completion prompts from the measured prefill speed of recent requests, in few steps.
 * Used by the completer and for servers; sees timings only, no text.
 */
import type { Timings } from '../../ipc/engine/protocol';

/** What reading a whole prompt may take, so that the first text at a new place comes while it is still wanted. Milliseconds. */
const targetMs = 300;
/**
 * Tokens. Few steps, since a prompt of another length begins at another line and is read anew from there on.
 * The longest is what the engine reads at most.
 */
const steps: readonly number[] = [256, 384, 512, 768, 1_024, 1_536, 2_048];
/** What two cores of a laptop read in time, until the machine has been measured. */
const untilMeasured = 512;
/** The same of a server, which may read as much as the window around a cursor holds. */
const ofServers = { steps: [...steps, 3_072, 4_096], untilMeasured: 1_024 } as const;
/** Shorter runs are mostly overhead and say little about the speed. Tokens. */
const minMeasured = 64;
/** So many of the last measurements count. The fastest tells the speed, the others what else the machine did meanwhile. */
const window = 4;
/** A step is taken only where the speed is clearly beyond it, so that the length does not flutter. */
const margin = 1.2;

/**
 * How long completion prompts may be on this machine, or on a server, from how fast the model read the last ones. Knows nothing
 * of what stands in a prompt.
 */
export class PromptBudget {
  readonly #perMs: number[] = [];
  readonly #steps: readonly number[];
  #tokens: number;

  constructor(
    bounds: { readonly steps: readonly number[]; readonly untilMeasured: number } = { steps, untilMeasured },
  ) {
    this.#steps = bounds.steps;
    this.#tokens = bounds.untilMeasured;
  }

  /** Of a server's model. */
  static ofServer(): PromptBudget {
    return new PromptBudget(ofServers);
  }

  /** Tokens that the next prompt may have at most. */
  get tokens(): number {
    return this.#tokens;
  }

  /**
   * Of a prompt of which nobody knows how much was read, such as one that was given up: no more than all of it, so that it can
   * make prompts shorter and never longer.
   *
   * @param tokens of the prompt @param ms until its first text, or until nobody waited any more
   */
  recordAtMost(tokens: number, ms: number): void {
    if (ms >= targetMs) this.record({ prefillTokens: Math.min(tokens, this.#tokens), prefillMs: ms });
  }

  /** @param timings of a completion that the model wrote */
  record({ prefillTokens, prefillMs }: Pick<Timings, 'prefillTokens' | 'prefillMs'>): void {
    if (prefillTokens < minMeasured || prefillMs <= 0) return;
    this.#perMs.push(prefillTokens / prefillMs);
    if (this.#perMs.length > window) this.#perMs.shift();
    const affordable = Math.max(...this.#perMs) * targetMs;
    const at = this.#steps.findIndex((step) => step === this.#tokens);
    const longer = this.#steps.findLast((step) => step * margin <= affordable);
    if (longer !== undefined && longer > this.#tokens) this.#tokens = longer;
    else if (affordable * margin < this.#tokens)
      this.#tokens =
        this.#steps.findLast((step, place) => place < at && step <= affordable) ?? this.#steps[0] ?? this.#tokens;
  }
}

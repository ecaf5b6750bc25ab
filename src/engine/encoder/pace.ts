/**
 * Chooses how many tokens the next encoder run takes, from the measured time per token, so that a run blocks the
 * engine only briefly; used by `encoder.ts`.
 */

/** How long a run may block the engine's thread. Milliseconds. */
const targetMs = 30;
/** Tokens of the first runs, while nothing is known of the machine. */
const firstTokens = 64;
const maxTokens = 8_192;
/** A new measurement's weight where the machine turns out to be faster; a slower one counts at once. */
const weight = 0.5;

/** Decides how many tokens the next run of an encoder takes, from how long the runs before it took. */
export class EncoderPace {
  #tokens = firstTokens;
  #tokenMs = 0;

  get tokens(): number {
    return this.#tokens;
  }

  /** @param ms how long a run of `tokens` tokens took, padding included */
  record(tokens: number, ms: number): void {
    // A short run is mostly overhead: it says little about a token, unless even that was too long.
    if (tokens < this.#tokens / 2 && ms <= targetMs) return;
    const tokenMs = ms / tokens;
    this.#tokenMs = tokenMs > this.#tokenMs ? tokenMs : this.#tokenMs + weight * (tokenMs - this.#tokenMs);
    this.#tokens = Math.max(1, Math.floor(Math.min(targetMs / this.#tokenMs, 2 * this.#tokens, maxTokens)));
  }
}

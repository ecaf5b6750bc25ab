/**
 * Chooses how many texts a completion compares, from the measured speed of recent ones, so that a slow machine is not
 * made to wait. Used by the completer; sees timings only, no text.
 */
import type { Timings } from '../../ipc/engine/protocol';

/** Texts that are compared at most; a fifth one chooses no better. */
export const maxCandidates = 4;
/** On a line that has been answered already: of 242 places, two show as many right texts as four do. */
const maxGoingOn = 2;
/**
 * What texts that are compared may take together, in milliseconds: less on a line that has been answered already, where the next
 * key follows soon. A copy is compared either way.
 */
const targetMs = { newPlace: 400, goingOn: 200 } as const;
/** What a further text takes: tokens that are its own, and tokens of it and of the lines behind that are read. */
const tokensEach = { written: 10, read: 18 };
/** Shorter runs are mostly overhead and say little about the speed. Tokens. */
const minMeasured = { decodeTokens: 4, prefillTokens: 64 };
/** So many of the last measurements count. The fastest tells the speed, the others what else the machine did meanwhile. */
const window = 4;

/** How many texts may be compared on this machine. */
export class CandidateBudget {
  readonly #written: number[] = [];
  readonly #read: number[] = [];

  /**
   * At least 1, which compares nothing.
   *
   * @param goesOn whether the model has been asked on this line already: the next key follows soon, and asks again
   */
  candidates(goesOn: boolean): number {
    return goesOn
      ? Math.min(this.#affordable(targetMs.goingOn), maxGoingOn)
      : Math.min(this.#affordable(targetMs.newPlace), maxCandidates);
  }

  #affordable(ms: number): number {
    const written = Math.min(...this.#written);
    const read = Math.min(...this.#read);
    if (!Number.isFinite(written)) return maxCandidates;
    // Reading a token takes no longer than writing one.
    const eachMs = tokensEach.written * written + tokensEach.read * Math.min(read, written);
    return Math.max(1, Math.floor(ms / eachMs));
  }

  /** @param timings of a completion that the model wrote */
  record({ decodeTokens, decodeMs, prefillTokens, prefillMs }: Omit<Timings, 'tokenizeMs' | 'reusedTokens'>): void {
    if (decodeTokens >= minMeasured.decodeTokens) note(this.#written, decodeMs / decodeTokens);
    if (prefillTokens >= minMeasured.prefillTokens) note(this.#read, prefillMs / prefillTokens);
  }
}

function note(measured: number[], ms: number): void {
  measured.push(ms);
  if (measured.length > window) measured.shift();
}

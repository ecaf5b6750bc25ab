/** How much, and how long, a server may take for an answer; used by the HTTP client and by the protocols that ask more of it. */

export interface HttpLimits {
  /** Bytes of an answer's body, whether it comes at once or streams. */
  readonly maxBytes: number;
  /** Milliseconds until the answer begins: its status and headers. */
  readonly firstByteMs: number;
  /** Milliseconds without a byte. */
  readonly silenceMs: number;
  /** Milliseconds for all of it. */
  readonly totalMs: number;
}

/** Of an answer that tells what a server is: small, and seldom late; Ollama may have to read a model's file for it. */
export const questionLimits: HttpLimits = {
  maxBytes: 2_097_152,
  firstByteMs: 5_000,
  silenceMs: 5_000,
  totalMs: 10_000,
};

/** Of a text that streams: an event of some 400 bytes a token, log-probabilities included, and a last one with the prompt. */
export const textLimits: HttpLimits = { maxBytes: 4_194_304, firstByteMs: 30_000, silenceMs: 10_000, totalMs: 120_000 };

/** Some 22 characters a number, as JSON writes those of a vector. */
const bytesPerNumber = 32;
const maxDimension = 8_192;

/** @param texts how many vectors are asked for */
export const vectorLimits = (texts: number): HttpLimits => ({
  ...textLimits,
  maxBytes: 65_536 + texts * maxDimension * bytesPerNumber,
  silenceMs: textLimits.totalMs,
});

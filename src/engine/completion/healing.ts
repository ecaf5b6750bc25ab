/**
 * Token healing: restricts the first generated tokens to those that reproduce the bytes of the prompt's removed last
 * token; used by `completionModel.ts`.
 */
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';

/**
 * Writes the last token of a prompt again, together with what comes behind it. A text that ends within a word, or in
 * front of a space, ends with a token that models which were trained on whole texts have rarely seen there: that token
 * is taken from the prompt, and the first tokens that are generated must begin with its bytes.
 */
export class Healing {
  /** Bytes that are still to be written again. */
  #left: Uint8Array;

  constructor(
    private readonly tokenizer: Pick<Tokenizer, 'bytesOf'>,
    bytes: Uint8Array,
  ) {
    this.#left = bytes;
  }

  /** Whether a token may be written next; `undefined` once any may. */
  get allows(): ((id: number) => boolean) | undefined {
    const left = this.#left;
    if (left.length === 0) return undefined;
    return (id) => {
      const bytes = this.tokenizer.bytesOf(id);
      if (bytes === undefined || bytes.length === 0) return false;
      const common = Math.min(bytes.length, left.length);
      for (let at = 0; at < common; at++) if (bytes[at] !== left[at]) return false;
      return true;
    };
  }

  /** The token was written. */
  push(id: number): void {
    this.#left = this.#left.subarray(this.tokenizer.bytesOf(id)?.length ?? 0);
  }
}

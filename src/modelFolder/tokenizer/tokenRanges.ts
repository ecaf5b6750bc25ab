/**
 * Calculates the source range of each token from token lengths in bytes; used by `tokenizer.ts`. Distinct ranges never
 * overlap.
 */
import type { Aligned } from './aligned';

/**
 * Finds the range of every token of a text from the tokens' lengths in bytes.
 *
 * A token may begin or end inside a code point, so a range ends only where a token, a code point and (where the text
 * was normalised) a part of the source end together; all tokens since the last such place share the range in between.
 * So do tokens that stand for nothing in the source, such as a space that the tokenizer put in front, with the token
 * behind them. Distinct ranges therefore never overlap, and together cover all text that became tokens.
 */
export class TokenRanges {
  readonly #ranges: number[] = [];
  /** Tokens since the last boundary, which have no range yet. */
  #waiting = 0;
  #boundary: number;
  /** End of the last code point of which a byte was covered: UTF-16 units and UTF-8 bytes. */
  #units = 0;
  #bytes = 0;
  /** End of the last token, bytes. */
  #covered = 0;

  /** @param source well-formed text after normalisation */
  constructor(private readonly source: Aligned) {
    this.#boundary = Math.max(0, source.sourceStart(0));
  }

  /** Tokens that follow belong to the text from `offset` on, in UTF-16 units of the normalised text. */
  skipTo(offset: number): void {
    if (offset === this.#units) return;
    this.#units = offset;
    this.#begin();
  }

  add(byteLength: number): void {
    this.#waiting++;
    this.#covered += byteLength;
    while (this.#bytes < this.#covered) {
      const code = this.source.text.codePointAt(this.#units) ?? 0;
      this.#units += code > 0xffff ? 2 : 1;
      this.#bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    if (this.#bytes > this.#covered) return;
    const end = this.source.sourceEnd(this.#units);
    if (end <= this.#boundary) return;
    this.#end(end);
    this.#begin();
  }

  /** Start and end of each token, UTF-16 units of the source. */
  finish(): Uint32Array {
    this.#end(this.#boundary);
    return Uint32Array.from(this.#ranges);
  }

  #begin(): void {
    const start = this.source.sourceStart(this.#units);
    // Tokens that wait keep the place where they began.
    if (start >= 0 && this.#waiting === 0) this.#boundary = start;
  }

  #end(end: number): void {
    for (; this.#waiting > 0; this.#waiting--) this.#ranges.push(this.#boundary, end);
  }
}

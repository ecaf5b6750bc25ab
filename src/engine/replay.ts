/**
 * Text that is streamed in pieces by work that may be begun again from its start: a request that gave way to a more
 * urgent one, or whose process died. The same request yields the same text, so what was passed on once is left out.
 */
export class ReplayedText {
  /** UTF-16 units passed on so far, over all attempts. */
  #passed = 0;
  /** UTF-16 units seen in this attempt. */
  #seen = 0;

  /** The work begins (again) from its start. */
  begin(): void {
    this.#seen = 0;
  }

  /** @returns the part of the piece that is new; empty where all of it was passed on before */
  next(piece: string): string {
    const known = Math.min(piece.length, this.#passed - this.#seen);
    this.#seen += piece.length;
    this.#passed = Math.max(this.#passed, this.#seen);
    return piece.slice(known);
  }
}

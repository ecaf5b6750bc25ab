/**
 * Filters streamed text of a request that is run again after the engine died; used by `pendingRequest.ts`. Assumes
 * that both runs produce the same text.
 */

/**
 * Text that is streamed in pieces by a request that may be run again from its start, because its process died. The
 * same request yields the same text, so what was passed on once is left out.
 */
export class ReplayedText {
  /** UTF-16 units passed on so far, over all runs. */
  #passed = 0;
  /** UTF-16 units seen in this run. */
  #seen = 0;

  /** The request is run (again). */
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

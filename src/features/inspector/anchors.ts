/**
 * Tracks where the tokens of a capture stand in a document while it is edited, as offsets. Used by `source.ts`; knows
 * nothing of VS Code.
 */

/** One change of a document: `length` UTF-16 units from `offset` on became `text`. */
export interface DocumentChange {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** Where the tokens of a capture stand in a document that goes on being edited. */
export class Anchors {
  readonly #offsets: Int32Array;

  /** @param captured two offsets for each token; -1 where it is not in the document */
  constructor(
    private readonly captured: Int32Array,
    /** The document as it was captured. */
    private readonly text: string,
  ) {
    this.#offsets = Int32Array.from(captured);
  }

  /** @param edits of one change, each with offsets of the document before it, as VS Code gives them: last first */
  apply(edits: readonly DocumentChange[]): void {
    for (const edit of [...edits].sort((a, b) => b.offset - a.offset)) this.#applyOne(edit);
  }

  /** Undefined where the token is not in the document, or was edited. */
  range(token: number): { start: number; end: number } | undefined {
    const start = this.#offsets[2 * token] ?? -1;
    const end = this.#offsets[2 * token + 1] ?? -1;
    return start < 0 || end < start ? undefined : { start, end };
  }

  /** The token that an offset is in or right behind; undefined where there is none. */
  tokenAt(offset: number): number | undefined {
    let behind: number | undefined;
    for (let i = 0; i < this.#offsets.length; i += 2) {
      const start = this.#offsets[i] as number;
      const end = this.#offsets[i + 1] as number;
      if (start < 0 || end === start) continue;
      if (offset >= start && offset < end) return i / 2;
      if (offset === end) behind = i / 2;
    }
    return behind;
  }

  /**
   * Whether what the model read stands in the document as it did: every token where its neighbours are. Undone edits
   * bring the tokens back.
   *
   * @param document its text now
   */
  holds(document: string): boolean {
    const pristine = this.#intact(document);
    if (pristine !== undefined) this.#offsets.set(pristine);
    return pristine !== undefined;
  }

  /** The offsets that hold if each stretch of the captured text is found where its first token should be. */
  #intact(document: string): Int32Array | undefined {
    const offsets = Int32Array.from(this.captured);
    for (const { from, to } of this.#stretches()) {
      const start = this.captured[2 * from] as number;
      const end = this.captured[2 * to - 1] as number;
      const own = this.text.slice(start, end);
      const shift = this.#shiftOf(document, own, from, to, start);
      if (shift === undefined) return undefined;
      for (let i = 2 * from; i < 2 * to; i++) offsets[i] = (offsets[i] as number) + shift;
    }
    return offsets;
  }

  #shiftOf(document: string, own: string, from: number, to: number, start: number): number | undefined {
    const candidates = new Set([0, document.length - this.text.length]);
    for (let token = from; token < to; token++)
      if ((this.#offsets[2 * token] as number) >= 0)
        candidates.add((this.#offsets[2 * token] as number) - (this.captured[2 * token] as number));
    return [...candidates].find((shift) => start + shift >= 0 && document.startsWith(own, start + shift));
  }

  /** Tokens [from, to) that follow each other without gaps in the captured document. */
  #stretches(): { from: number; to: number }[] {
    const found: { from: number; to: number }[] = [];
    for (let token = 0; 2 * token < this.captured.length; token++) {
      if ((this.captured[2 * token] as number) < 0) continue;
      const last = found.at(-1);
      const joined = last?.to === token && (this.captured[2 * token - 1] as number) === this.captured[2 * token];
      const shares = last?.to === token && this.captured[2 * token - 2] === this.captured[2 * token];
      if (last !== undefined && (joined || shares)) last.to = token + 1;
      else found.push({ from: token, to: token + 1 });
    }
    return found;
  }

  #applyOne({ offset, length, text }: DocumentChange): void {
    const end = offset + length;
    const shift = text.length - length;
    for (let i = 0; i < this.#offsets.length; i += 2) {
      const tokenStart = this.#offsets[i] as number;
      const tokenEnd = this.#offsets[i + 1] as number;
      if (tokenStart < 0 || tokenEnd <= offset) continue;
      if (tokenStart >= end) {
        this.#offsets[i] = tokenStart + shift;
        this.#offsets[i + 1] = tokenEnd + shift;
      } else {
        this.#offsets.fill(-1, i, i + 2);
      }
    }
  }
}

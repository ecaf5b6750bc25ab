/** Every position of a token stream, ordered by the tokens that begin there: an n-gram index without any n-gram table. */
export class SortedContexts {
  /** Positions in the order of the tokens at and after them. */
  readonly positions: Int32Array;

  /** @param depth how many tokens decide the order */
  constructor(
    readonly stream: Int32Array,
    vocabularySize: number,
    readonly depth: number,
  ) {
    this.positions = Int32Array.from(stream.keys());
    // Least significant token first; every pass keeps the order of the one before (a radix sort).
    for (let offset = depth - 1; offset >= 0; offset--) this.positions = this.#sortedBy(offset, vocabularySize);
  }

  /** The run of positions where these tokens stand, as a range of places in {@link positions}. */
  find(tokens: readonly number[]): { from: number; to: number } {
    return { from: this.#firstPlace(tokens, 0), to: this.#firstPlace(tokens, 1) };
  }

  #sortedBy(offset: number, vocabularySize: number): Int32Array {
    const starts = new Int32Array(vocabularySize + 2);
    for (const position of this.positions) starts[this.#tokenAt(position + offset) + 2]!++;
    for (let token = 1; token < starts.length; token++) starts[token]! += starts[token - 1]!;
    const sorted = new Int32Array(this.positions.length);
    for (const position of this.positions) {
      const token = this.#tokenAt(position + offset) + 1;
      sorted[starts[token]!] = position;
      starts[token]!++;
    }
    return sorted;
  }

  /** The first place whose tokens compare as at least `bound`: with 0 the run begins, with 1 it is over. */
  #firstPlace(tokens: readonly number[], bound: 0 | 1): number {
    let [low, high] = [0, this.positions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.positions[middle]!, tokens) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(position: number, tokens: readonly number[]): number {
    for (const [offset, token] of tokens.entries()) {
      const difference = this.#tokenAt(position + offset) - token;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** −1 behind the end, which sorts in front of every token. */
  #tokenAt(position: number): number {
    return this.stream[position] ?? -1;
  }
}

/** Hash table from a pair of token ids to their merge; built by `definition.ts`, used by byte-pair encoding. */

/** What a pair of neighbouring tokens merges into. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  /** Lower merges first. */
  readonly rank: number;
  readonly merged: number;
}

/** Odd multipliers spread neighbouring ids over the whole table. */
const hashPair = (left: number, right: number): number => Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);

/**
 * Looks up merges by pair of ids. An open-addressing table in typed arrays: a `Map` needs one key per pair, either a
 * string that has to be built or a heap number, and both cost several times the look-up itself.
 */
export class MergeTable {
  readonly #slots: Int32Array;
  readonly #shift: number;

  /** Of two merges of the same pair, the later one counts. */
  constructor(private readonly merges: readonly Merge[]) {
    const bits = Math.max(4, Math.ceil(Math.log2(merges.length * 2 + 1)));
    this.#slots = new Int32Array(2 ** bits).fill(-1);
    this.#shift = 32 - bits;
    merges.forEach((merge, index) => (this.#slots[this.#slot(merge.left, merge.right)] = index));
  }

  get(left: number, right: number): Merge | undefined {
    return this.merges[this.#slots[this.#slot(left, right)] ?? -1];
  }

  /** The slot that holds the pair, or the empty one where it would stand. The table is at most half full. */
  #slot(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashPair(left, right) >>> this.#shift; ; slot = (slot + 1) & mask) {
      const merge = this.merges[this.#slots[slot] ?? -1];
      if (merge === undefined || (merge.left === left && merge.right === right)) return slot;
    }
  }
}

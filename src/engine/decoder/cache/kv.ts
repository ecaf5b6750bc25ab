/**
 * The interface of a decoder's key-value cache, implemented by `kvCopied.ts`, `kvStatic.ts` and `kvDevice.ts`; used by
 * the network, the cached sequences and the attention reader.
 */
import type { Tensors } from '../../runtime/session';

/** Keys and values of the tokens that were run, one row per token, and how they reach the graph again. */
export interface KeyValueCache {
  /** Memory that it occupies. */
  readonly bytes: number;
  /**
   * The cache inputs for a run of `rows` tokens behind the first `past` rows; rows from `past` on are given up.
   *
   * @param past at most the number of rows taken so far
   * @param foreseen rows that the text is known to come to: room for all of them at once, where that costs memory alone,
   *   moves the first ones once
   */
  feeds(past: number, rows: number, foreseen?: number): Tensors;
  /** Where a run writes its cache outputs, for sessions that write in place. */
  into(): Tensors;
  /** Takes the rows that the run behind `past` has computed. */
  take(outputs: Readonly<Tensors>, past: number, rows: number): void;
  /** A cache of its own with the first rows of this one; `undefined` where the memory that they are in does not allow it. */
  copy(rows: number): KeyValueCache | undefined;
  /** Gives its memory back; it is not used any more then. */
  dispose(): void;
}

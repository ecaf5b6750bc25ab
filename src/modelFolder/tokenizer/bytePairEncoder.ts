/**
 * Byte-pair merging of one pre-token, by a heap, in n log n time; used by `bytePairs.ts` and `symbolList.ts`. Callers
 * bound the length of the text.
 */
import type { MergeTable } from './mergeTable';
import { MinHeap } from './minHeap';

/** Heap entries are rank × 2^26 + position: one comparison orders by rank, then leftmost first, within 2^53. */
const positions = 2 ** 26;

/** Tokens, and how many of the symbols each was merged from. */
export interface Merged {
  readonly ids: number[];
  readonly counts: number[];
}

/**
 * Byte-pair encoding of one pre-token: again and again the pair with the lowest rank, the leftmost of equals, becomes
 * one token, until no neighbours merge.
 *
 * With a heap of candidates this takes n log n for n symbols, so that a word of any length costs about what as much
 * ordinary text costs before it is cached. What bounds it is the window that callers cut first: 32,768 UTF-16 units, at
 * most 98,304 bytes, took 6 to 25 ms on one core of a server of 2023, 30 ms being what a step may take.
 *
 * @param symbols ids of the tokens to begin with; overwritten
 */
export function mergeSymbols(symbols: Int32Array, merges: MergeTable): Merged {
  const { length } = symbols;
  const next = new Int32Array(length);
  const previous = new Int32Array(length);
  // Rank of the pair that starts at a position; an entry of the heap with another rank is out of date.
  const ranks = new Int32Array(length).fill(-1);
  const heap = new MinHeap();

  const offer = (at: number): void => {
    const after = next[at] as number;
    const merge = after < length ? merges.get(symbols[at] as number, symbols[after] as number) : undefined;
    ranks[at] = merge?.rank ?? -1;
    if (merge) heap.push(merge.rank * positions + at);
  };

  for (let at = 0; at < length; at++) {
    next[at] = at + 1;
    previous[at] = at - 1;
  }
  for (let at = 0; at < length; at++) offer(at);

  for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) {
    const at = entry % positions;
    if (ranks[at] !== (entry - at) / positions) continue;
    const right = next[at] as number;
    const after = next[right] as number;
    const merge = merges.get(symbols[at] as number, symbols[right] as number);
    if (!merge) continue;
    symbols[at] = merge.merged;
    ranks[right] = -1;
    next[at] = after;
    if (after < length) previous[after] = at;
    offer(at);
    const before = previous[at] as number;
    if (before >= 0) offer(before);
  }

  const merged: Merged = { ids: [], counts: [] };
  for (let at = 0; at < length; at = next[at] as number) {
    merged.ids.push(symbols[at] as number);
    merged.counts.push((next[at] as number) - at);
  }
  return merged;
}

/** The same for the bytes of a pre-token. */
export function mergeBytes(bytes: Uint8Array, byteIds: Int32Array, merges: MergeTable): Merged {
  const symbols = new Int32Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) symbols[at] = byteIds[bytes[at] as number] as number;
  return mergeSymbols(symbols, merges);
}

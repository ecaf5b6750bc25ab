/**
 * Limits that decide which vectors of the weaker model are kept beside those of the better one; applied by the dense
 * index, passed on by search and `searchIndex.ts`.
 */

/**
 * Which vectors of a lesser model are kept beside those of the best one, in memory and on disk alike.
 *
 * Where there is room for both, all of them are: they answer when the best model is busy. In a large index, a text that
 * the best model has embedded needs no other vector, but for a sample, which says what the lesser model makes of such
 * texts (see `comparable`); and the first few thousand, since a handful of texts has no scale of its own.
 */
export interface Room {
  /** Bytes up to which both are kept. */
  readonly bytesForBoth: number;
  /** How many vectors the best model has before any of the lesser go. */
  readonly first: number;
  /** One text in so many is in the sample. A power of two. */
  readonly oneIn: number;
}

export const defaultRoom: Room = { bytesForBoth: 256 * 2 ** 20, first: 1 << 13, oneIn: 64 };

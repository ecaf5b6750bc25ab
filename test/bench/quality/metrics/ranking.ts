/** Where a search puts the document that was asked for. */

const depth = 10;

/** 1 is the top. A document with the same score counts as standing in front: a tie is a loss. */
export function rankOf(wanted: number, scores: ArrayLike<number>): number {
  const score = scores[wanted]!;
  let rank = 1;
  for (let index = 0; index < scores.length; index++) {
    if (index !== wanted && scores[index]! >= score) rank++;
  }
  return rank;
}

/** One query's part of MRR@10: 1 ÷ rank, and 0 below the tenth. */
export const reciprocalRank = (rank: number): number => (rank <= depth ? 1 / rank : 0);

/** One query's part of R@10. */
export const isFound = (rank: number): number => (rank <= depth ? 1 : 0);

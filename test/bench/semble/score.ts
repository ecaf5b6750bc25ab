/** How well hits answer a question that one function answers, and what is read until it is there; pure. */

/** Lines of a file, from 1, both included. */
export interface Place {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** Hits that count, and that an agent is given. */
export const depth = 10;

/** Whether a hit shows a function: most of one of them is in the other. */
export function shows(hit: Place, wanted: Place): boolean {
  const shared = Math.min(hit.to, wanted.to) - Math.max(hit.from, wanted.from) + 1;
  return hit.path === wanted.path && shared * 2 > Math.min(hit.to - hit.from, wanted.to - wanted.from) + 1;
}

/** NDCG@10 (Järvelin & Kekäläinen 2002) where one answer is right: 1 ÷ log2(1 + rank). */
export function ndcg(hits: readonly Place[], wanted: Place): number {
  const at = hits.slice(0, depth).findIndex((hit) => shows(hit, wanted));
  return at < 0 ? 0 : 1 / Math.log2(at + 2);
}

/** The same for files: hits in one file are one, and the file of the answer is right. */
export function fileNdcg(hits: readonly Place[], wanted: Place): number {
  const at = [...new Set(hits.slice(0, depth).map(({ path }) => path))].indexOf(wanted.path);
  return at < 0 ? 0 : 1 / Math.log2(at + 2);
}

/**
 * Tokens that are read until the answer is there: those of the hits up to it, and where no hit is right, those of all hits
 * and then of the whole file that has it.
 *
 * @param tokensOf of a place
 */
export function tokensRead(
  hits: readonly Place[],
  wanted: Place,
  tokensOf: (place: Place) => number,
  tokensOfFile: (path: string) => number,
): number {
  const shown = hits.slice(0, depth);
  const at = shown.findIndex((hit) => shows(hit, wanted));
  const read = at < 0 ? shown : shown.slice(0, at + 1);
  return read.reduce((sum, hit) => sum + tokensOf(hit), 0) + (at < 0 ? tokensOfFile(wanted.path) : 0);
}

/** Words, numbers and signs, each one token: no model's own, so that none is favoured. */
export const countTokens = (text: string): number => text.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu)?.length ?? 0;

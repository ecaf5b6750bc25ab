/** One native run: `rows` tokens behind the first `past` ones. */
export interface Run {
  readonly past: number;
  readonly rows: number;
  /** So many of the last tokens are guesses: logits are wanted behind each of them and behind the one before. */
  readonly drafts?: number;
}

/**
 * The next run towards the logits of the last of `length` tokens, of which the first `cached` are in the cache.
 *
 * Runs have an even number of rows. ONNX Runtime's CPU kernels work on pairs of rows and have others for a row that
 * is left over; those sum in another order, and where activations are rounded to 8 bits that moves a logit by tenths.
 * In pairs, every row comes out the same to the bit wherever a run begins and however long it is, so a completion
 * never depends on what happened to be cached. An odd row is paired with the cached one before it, which is run again.
 *
 * The exception is a text of one token: it has no partner, and is not to be kept (see `rowsToKeep`).
 *
 * @param most even
 * @param drafts guesses behind the text; they are run where that makes an even number of rows, and cost little then
 */
export function planRun(length: number, cached: number, most: number, drafts = 0): Run {
  const past = Math.min(cached, length - 1);
  const left = length - past;
  if (drafts > 0 && length > 1 && left + drafts <= most && (left + drafts) % 2 === 0) return { past, rows: left + drafts, drafts };
  const rows = Math.min(left, most);
  if (rows % 2 === 0 || length === 1) return { past, rows };
  // At the very start there is nothing cached to pair with: the odd token waits for the next run.
  return past > 0 ? { past: past - 1, rows: rows + 1 } : { past, rows: rows - 1 };
}

/** How many tokens are in the cache once a run is done. */
export const rowsToKeep = ({ past, rows }: Run): number => (rows > 1 ? past + rows : 0);

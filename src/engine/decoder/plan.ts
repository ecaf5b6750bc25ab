/**
 * Plans the rows of each native run so that results are bit-identical whatever was cached, by keeping row counts even;
 * used by `decoder.ts`, the cached sequences and the attention reader.
 */

/** One native run: `rows` tokens behind the first `past` ones. */
export interface Run {
  readonly past: number;
  readonly rows: number;
  /** So many of the last tokens are given or guessed: logits are wanted behind each of them and behind the one before. */
  readonly drafts?: number;
  /** Rows that the text is known to come to. */
  readonly foreseen?: number;
}

/**
 * The next run towards the logits of the last of `length` tokens of a prompt, of which the first `cached` are in the
 * cache.
 *
 * Runs have an even number of rows. ONNX Runtime's CPU kernels work on pairs of rows and have others for a row that
 * is left over; those sum in another order, and where activations are rounded to 8 bits that moves a logit by tenths.
 * In pairs, every row comes out the same to the bit wherever a run begins and however long it is, so a completion
 * never depends on what happened to be cached. An odd row is paired with the cached one before it, which is run again.
 *
 * The exception is a text of one token, which has no partner.
 *
 * @param most even
 */
export function planRun(length: number, cached: number, most: number): Run {
  const past = Math.min(cached, length - 1);
  const rows = Math.min(length - past, most);
  if (rows % 2 === 0 || length === 1) return { past, rows };
  // At the very start there is nothing cached to pair with: the odd token waits for the next run.
  return past > 0 ? { past: past - 1, rows: rows + 1 } : { past, rows: rows - 1 };
}

/**
 * As {@link planRun}, with tokens behind the text that are given or guessed, and whose probability is asked for: as many
 * of them as go into the last run of the text.
 *
 * @param further tokens behind the first `length`
 */
export function planFurther(length: number, cached: number, further: number, most: number): Run {
  const start = Math.min(cached, length - 1);
  const fitting = Math.min(further, start + most - length);
  // At the very start an odd row has no partner: then one less.
  const drafts = start === 0 && (length + fitting) % 2 === 1 ? fitting - 1 : fitting;
  return drafts > 0 ? { ...planRun(length + drafts, start, most), drafts } : planRun(length, cached, most);
}

/**
 * The next run behind a prompt, which writes one token at a time: the first token that is not cached, alone, or with guesses
 * behind it where that is the last one. A row that is run alone takes less time than a pair; it is not what the pair would
 * have made of it, so it serves only the request that wrote it (see `rowsToKeep`).
 */
export function planToken(length: number, cached: number, drafts: number): Run {
  return cached < length - 1 || drafts === 0 ? { past: cached, rows: 1 } : { past: cached, rows: 1 + drafts, drafts };
}

/** How many tokens are in the cache, as any other run would have left them, once a run is done. */
export const rowsToKeep = ({ past, rows }: Run): number => (rows > 1 ? past + rows : 0);

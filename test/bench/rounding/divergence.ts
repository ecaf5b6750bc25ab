/** How far the distributions of the next token of one model are from another's. Used by the bench of rounding. */

/** Summed over the rows of one text. */
export interface Divergence {
  readonly divergence: number;
  readonly same: number;
  readonly clear: number;
  readonly sameClear: number;
}

/** Where the likeliest token is ahead by so much, no rounding should change it. A difference of logits. */
const clearMargin = 0.5;

/**
 * @param wanted logits [rows, vocabulary] of the model that is right
 * @returns summed over the rows: Kullback–Leibler divergence Σ p·(log p − log q) in nats, how often the largest logit is that of
 *   the same token, and both counts where the largest is larger than the next by {@link clearMargin}
 */
export function compareLogits(wanted: Float32Array, made: Float32Array, rows: number): Divergence {
  const size = wanted.length / rows;
  let [divergence, same, clear, sameClear] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const [p, q] = [wanted, made].map((logits) => logits.subarray(row * size, (row + 1) * size)) as [
      Float32Array,
      Float32Array,
    ];
    const [ofP, ofQ] = [normalizer(p), normalizer(q)];
    for (let id = 0; id < size; id++) {
      const log = p[id]! - ofP.log;
      divergence += Math.exp(log) * (log - (q[id]! - ofQ.log));
    }
    if (ofP.top === ofQ.top) same++;
    if (ofP.margin <= clearMargin) continue;
    clear++;
    if (ofP.top === ofQ.top) sameClear++;
  }
  return { divergence, same, clear, sameClear };
}

/** The logarithm of the sum of all exponentials, the first largest logit's index, and by how much it is larger than the next. */
function normalizer(logits: Float32Array): { log: number; top: number; margin: number } {
  let top = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[top]!) top = id;
  let [sum, next] = [0, -Infinity];
  for (const [id, logit] of logits.entries()) {
    sum += Math.exp(logit - logits[top]!);
    if (id !== top && logit > next) next = logit;
  }
  return { log: logits[top]! + Math.log(sum), top, margin: logits[top]! - next };
}

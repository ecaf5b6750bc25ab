/** How far the distributions of the next token of one model are from another's. Used by the bench of rounding. */

/**
 * @param wanted logits [rows, vocabulary] of the model that is right
 * @returns summed over the rows: Kullback–Leibler divergence Σ p·(log p − log q) in nats, and how often the largest
 *   logit is that of the same token
 */
export function compareLogits(
  wanted: Float32Array,
  made: Float32Array,
  rows: number,
): { divergence: number; same: number } {
  const size = wanted.length / rows;
  let [divergence, same] = [0, 0];
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
  }
  return { divergence, same };
}

/** The logarithm of the sum of all exponentials, and the first largest logit's index. */
function normalizer(logits: Float32Array): { log: number; top: number } {
  let top = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[top]!) top = id;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - logits[top]!);
  return { log: logits[top]! + Math.log(sum), top };
}

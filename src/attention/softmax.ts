/**
 * Log-softmax over a vocabulary, without overflow; used for token probabilities by `model.ts` and the engine's decoder
 * attention.
 */

/** Natural logarithms of the probabilities of all tokens. */
export function logSoftmax(logits: Float32Array): Float32Array {
  const normalizer = logNormalizer(logits);
  return logits.map((logit) => logit - normalizer);
}

/** log Σ exp, without overflow. */
export function logNormalizer(logits: Float32Array): number {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return most + Math.log(sum);
}

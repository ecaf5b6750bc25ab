/**
 * The likeliest next tokens at each position of a span, with entropy and the rank of the actual token; used by the
 * handler of `probabilities` and by `record.ts`.
 */
import type { Probabilities, TokenSpan } from '../../ipc/engine/messages/attention';
import type { Step } from '../../common/step';
import type { Capture } from '../../attention/capture';
import type { Predictions } from '../../attention/model';
import { logSoftmax } from '../../attention/softmax';

/** What is likeliest to follow each of the tokens [from, to). */
export async function probabilitiesOf(
  predictions: Predictions,
  capture: Capture,
  span: TokenSpan,
  top: number,
  step: Step,
): Promise<Probabilities[]> {
  const found: Probabilities[] = [];
  await predictions.predict(capture, span, step, (position, logits) => {
    found.push(likeliest(logSoftmax(logits), top, capture.text.ids[position + 1], (id) => predictions.textOf(id)));
  });
  return found;
}

/**
 * The likeliest tokens of a distribution, and the place in it of the token that came.
 *
 * @param logprobs natural logarithms, [vocabulary]
 */
export function likeliest(
  logprobs: Float32Array,
  top: number,
  actual: number | undefined,
  textOf: (id: number) => string,
): Probabilities {
  const entry = (id: number) => ({ id, text: textOf(id), probability: Math.min(1, Math.exp(logprobs[id] as number)) });
  const best = indicesOfLargest(logprobs, top);
  let entropy = 0;
  for (const logprob of logprobs) if (logprob > -Infinity) entropy -= (Math.exp(logprob) * logprob) / Math.LN2;
  const rankOf = (id: number) =>
    1 + logprobs.reduce((above, logprob) => above + (logprob > (logprobs[id] as number) ? 1 : 0), 0);
  return {
    top: best.map(entry),
    ...(actual !== undefined && { actual: { ...entry(actual), rank: rankOf(actual) } }),
    entropy: Math.max(0, entropy),
  };
}

/** Largest first; of equal ones the first. */
function indicesOfLargest(values: Float32Array, count: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (found.length === count && value <= (values[found[count - 1] as number] as number)) continue;
    const before = found.findIndex((other) => (values[other] as number) < value);
    found.splice(before < 0 ? found.length : before, 0, at);
    if (found.length > count) found.pop();
  }
  return found;
}

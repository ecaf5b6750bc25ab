/**
 * Permutation test of whether hiding a span lowers the target's probability, against random spans of the same length;
 * used by the handler of `causal` and `record.ts`. The same seed draws the same spans.
 */
import type { Causal, TokenSpan } from '../../ipc/engine/messages/attention';
import type { Step } from '../../common/step';
import type { Capture } from '../../attention/capture';
import { logprobsOf } from '../../attention/model';
import type { Predictions } from '../../attention/model';

export interface HiddenTest {
  readonly hidden: TokenSpan;
  readonly target: TokenSpan;
  /** How many other spans are hidden for comparison, at most. */
  readonly controls: number;
  readonly seed: number;
}

/** What a permutation test calls a rare outcome. */
const rare = 0.05;

/**
 * Whether the target's probability hangs on a span: the span is hidden, and then others of the same length, drawn at
 * random from what lies before the target. Weights say what was read; this says whether it mattered.
 */
export async function testHidden(
  capture: Capture,
  { hidden, target, controls, seed }: HiddenTest,
  predictions: Predictions,
  step: Step,
): Promise<Causal> {
  const spans = controlSpans(hidden, target.from, controls, seed);
  const logprobOf = async (span?: TokenSpan): Promise<number> =>
    (await logprobsOf(predictions, capture, target, step, span)).reduce((sum, one) => sum + one, 0);
  const logprob = await logprobOf();
  // From back to front: what lies before a hidden span stays cached.
  const deltas = new Map<TokenSpan, number>();
  for (const span of [hidden, ...spans].sort((a, b) => b.from - a.from))
    deltas.set(span, (await logprobOf(span)) - logprob);
  const delta = deltas.get(hidden) as number;
  const controlDeltas = Float32Array.from(spans, (span) => deltas.get(span) as number);
  const p = (1 + controlDeltas.filter((other) => other <= delta).length) / (1 + spans.length);
  return {
    logprob,
    delta,
    controlDeltas,
    controlStarts: Uint32Array.from(spans, ({ from }) => from),
    p,
    verdict: p <= rare && delta < 0 ? 'causal' : 'correlational',
  };
}

/**
 * Different spans of a length before `end`, none of which meets the hidden one or the first token: models park there
 * what they have no use for, and hiding it breaks them whatever it says.
 */
export function controlSpans(hidden: TokenSpan, end: number, count: number, seed: number): TokenSpan[] {
  const length = hidden.to - hidden.from;
  const starts: number[] = [];
  for (let from = 1; from + length <= end; from++)
    if (from + length <= hidden.from || from >= hidden.to) starts.push(from);
  const random = xorshift(seed);
  for (let at = starts.length - 1; at > 0; at--) {
    const other = random() % (at + 1);
    [starts[at], starts[other]] = [starts[other] as number, starts[at] as number];
  }
  return starts.slice(0, count).map((from) => ({ from, to: from + length }));
}

/** 32 random bits per call: Marsaglia's xorshift. */
function xorshift(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

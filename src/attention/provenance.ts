/**
 * Calculates which lines of the prompt each generated token attended to, and the missing log-probabilities; used by
 * the engine's handler of `provenance`, the recorder and recordings.
 */
import { maxLinesOfToken } from '../ipc/engine/messages/attention';
import type { CapturedSequence, Heads, Provenance, TokenSpan } from '../ipc/engine/messages/attention';
import type { Step } from '../common/step';
import type { Capture } from './capture';
import { logprobsOf } from './model';
import type { Predictions } from './model';
import { linesOf, rollUp } from './linesOfTokens';
import type { StackData } from './stack';
import { WeightSummary } from './summary';

export interface ProvenanceRequest {
  readonly layer?: number | undefined;
  readonly heads: Heads;
  readonly tokens: TokenSpan;
  readonly withoutSink: boolean;
}

/** Calculates the probabilities of tokens that a capture has not. */
export async function fillLogprobs(
  capture: Capture,
  { from, to }: TokenSpan,
  predictions: Predictions,
  step: Step,
): Promise<void> {
  const missing = capture.logprobs.subarray(from, to).findIndex(Number.isNaN);
  if (missing < 0) return;
  capture.logprobs.set(await logprobsOf(predictions, capture, { from: from + missing, to }, step), from + missing);
}

/** What of a capture is asked for its provenance. */
export interface Explained {
  readonly sequences: readonly CapturedSequence[];
  readonly logprobs: Float32Array;
}

/** Which lines each token came from. @throws {EngineError} `invalid` */
export function provenance(
  { sequences, logprobs }: Explained,
  stack: StackData,
  { layer, heads, tokens, withoutSink }: ProvenanceRequest,
): Provenance {
  const lines = linesOf(sequences[stack.shape.keys] ?? { text: '', ranges: new Uint32Array(0), segments: [] });
  const summary = new WeightSummary(stack, { layer, heads });
  const total = new Float32Array(lines.length);
  const explained = Array.from({ length: tokens.to - tokens.from }, (_, at) => {
    const token = tokens.from + at;
    const weights = rollUp(summary.reads({ from: token - 1, to: token }, withoutSink), lines);
    for (const [line, weight] of weights.entries())
      total[line] = (total[line] as number) + weight / (tokens.to - tokens.from);
    return { token, logprob: logprobs[token] as number, lines: ranked(weights).slice(0, maxLinesOfToken) };
  });
  return { lines, tokens: explained, total: ranked(total) };
}

function ranked(weights: Float32Array): { line: number; weight: number }[] {
  return Array.from(weights, (weight, line) => ({ line, weight: Math.min(1, weight) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.line - b.line);
}

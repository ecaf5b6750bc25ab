/**
 * The interface of a model whose attention can be captured, and of its predictions; implemented in
 * `src/engine/attention`, used by its service and by `provenance.ts`.
 */
import type { CaptureSubject, TokenSpan } from '../ipc/engine/messages/attention';
import type { Step } from '../common/step';
import type { Capture, CapturePlan } from './capture';
import { logNormalizer } from './softmax';

/** How long the parts of a capture took. */
export interface FillTimings {
  readonly runMs: number;
  readonly packMs: number;
}

/** A model whose attention can be captured. Requests are served one after the other. */
export interface AttentionModel {
  /** Absolute path of the folder. */
  readonly path: string;
  /** How long it took to open it. */
  readonly openMs: number;
  /** @throws {EngineError} `invalid` where the subject does not fit the model */
  plan(subject: CaptureSubject): CapturePlan;
  /**
   * Runs a capture's text and fills in the weights.
   *
   * @param onRows called when more rows of a stack are there in every layer: with the stack, and how many rows are done
   */
  fill(capture: Capture, step: Step, onRows: (stack: number, done: number) => void): Promise<FillTimings>;
  /** Undefined for models that write nothing. */
  readonly predictions?: Predictions;
  /** Gives its memory back; captures stay. Not during a request. */
  dispose?(): Promise<void>;
}

/** What a model expects to follow. Positions are in the capture's last sequence. */
export interface Predictions {
  /**
   * Calculates what the model expects behind each of the tokens [from, to).
   *
   * @param visit gets each position with its logits, [vocabulary], in order
   * @param hidden tokens that nothing outside of them reads
   * @throws {EngineError} `invalid` where something is to be hidden and the model's attention cannot be changed
   */
  predict(
    capture: Capture,
    span: TokenSpan,
    step: Step,
    visit: (position: number, logits: Float32Array) => void,
    hidden?: TokenSpan,
  ): Promise<void>;
  /** A token's text. */
  textOf(id: number): string;
}

/** Natural logarithms of the probabilities of tokens [from, to), from 1 on: of each behind the one before it. */
export async function logprobsOf(
  predictions: Predictions,
  capture: Capture,
  { from, to }: TokenSpan,
  step: Step,
  hidden?: TokenSpan,
): Promise<Float32Array> {
  const found = new Float32Array(to - from);
  const { ids } = capture.text;
  const visit = (position: number, logits: Float32Array) => {
    found[position + 1 - from] = (logits[ids[position + 1] as number] as number) - logNormalizer(logits);
  };
  await predictions.predict(capture, { from: from - 1, to: to - 1 }, step, visit, hidden);
  return found;
}

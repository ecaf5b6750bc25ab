import type { CaptureSubject, TokenSpan } from '../protocol/attention';
import type { Step } from '../step';
import type { Capture, CapturePlan } from './capture';

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
   * @param onRows hears which rows of which stack are there now, in every layer
   */
  fill(capture: Capture, step: Step, onRows: (stack: number, done: number) => void): Promise<FillTimings>;
  /** Undefined for models that write nothing. */
  readonly predictions?: Predictions;
}

/** What a model expects to follow. Positions are in the capture's last sequence. */
export interface Predictions {
  /** Natural logarithms of the probabilities of all tokens behind `position`, [vocabulary]. */
  distribution(capture: Capture, position: number, step: Step): Promise<Float32Array>;
  /**
   * Natural logarithms of the probabilities of tokens [from, to), from 1 on.
   *
   * @param hidden tokens before `from` that nothing outside of them reads
   * @throws {EngineError} `invalid` where the model's attention cannot be changed
   */
  logprobs(capture: Capture, span: TokenSpan, step: Step, hidden?: TokenSpan): Promise<Float32Array>;
  /** A token's text. */
  textOf(id: number): string;
}

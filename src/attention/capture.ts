/**
 * A captured text with its tokens, weight stacks and log-probabilities; filled by the attention models of the engine
 * and kept by `captures.ts`. Holds numbers and text only, never an open model.
 */
import type { CapturedSequence, CaptureDescription, CaptureWay } from '../ipc/engine/messages/attention';
import { StackData } from './stack';
import type { StackShape } from './stack';

/** What a capture holds before anything was run. */
export interface CapturePlan {
  readonly way: CaptureWay;
  readonly sequences: readonly CapturedSequence[];
  readonly stacks: readonly (StackShape & { readonly valueWeighted: boolean })[];
  /** Tokens of the last sequence that the model wrote: from this one on. */
  readonly generatedFrom: number;
}

/** A text's weights, and everything that was found out about it on the way. Numbers alone: it holds no session. */
export class Capture {
  readonly stacks: readonly StackData[];
  /** Natural logarithm of the probability of each token of the last sequence; NaN where it was not calculated. */
  readonly logprobs: Float32Array;

  /**
   * @param kept for each stack and layer, whether its whole maps are kept
   */
  constructor(
    readonly id: number,
    /** Absolute path of the model folder. */
    readonly model: string,
    readonly plan: CapturePlan,
    kept: readonly (readonly boolean[])[],
  ) {
    this.stacks = plan.stacks.map((shape, at) => new StackData(shape, kept[at] ?? [], shape.valueWeighted));
    this.logprobs = new Float32Array(this.text.ids.length).fill(NaN);
  }

  /** The sequence that the model continues. */
  get text(): CapturedSequence {
    return this.plan.sequences.at(-1) as CapturedSequence;
  }

  get bytes(): number {
    return this.stacks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  describe(): CaptureDescription {
    return {
      capture: this.id,
      way: this.plan.way,
      sequences: [...this.plan.sequences],
      stacks: this.stacks.map(({ shape: { kind, queries, keys, layers, heads, causal }, kept, valueWeighted }) => ({
        kind,
        queries,
        keys,
        layers,
        heads,
        causal,
        kept: [...kept],
        valueWeighted,
      })),
    };
  }
}

/** What the messages of several methods are made of. */
import * as v from 'valibot';
import { count } from '../../../common/schemas';

export { count };
export const milliseconds = v.pipe(v.number(), v.minValue(0));
// Whatever buffer is behind them: `v.instance(Int32Array)` alone would ask for a plain ArrayBuffer.
export const int32Array = v.instance<new () => Int32Array>(Int32Array);
export const float32Array = v.instance<new () => Float32Array>(Float32Array);
export const uint32Array = v.instance<new () => Uint32Array>(Uint32Array);

export const sampling = v.strictObject({
  /** 0 is greedy. */
  temperature: v.pipe(v.number(), v.minValue(0)),
  topP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** Tokens less probable than this share of the most probable one are never drawn. */
  minP: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /** Above 1: tokens that were among the last ones are less probable again, also where the temperature is 0. */
  repetitionPenalty: v.optional(v.pipe(v.number(), v.minValue(1))),
  /** The same seed gives the same text. */
  seed: count,
});
export type Sampling = v.InferOutput<typeof sampling>;

/** `unlikely`: given up, see `minConfidence`. */
export const finishReason = v.picklist(['endOfMiddle', 'stop', 'length', 'deadline', 'unlikely']);
export type FinishReason = v.InferOutput<typeof finishReason>;

export const timings = v.strictObject({
  tokenizeMs: milliseconds,
  /** Prompt tokens whose keys and values were still in the cache. */
  reusedTokens: count,
  /** Prompt tokens that had to be run. */
  prefillTokens: count,
  prefillMs: milliseconds,
  decodeTokens: count,
  decodeMs: milliseconds,
});
export type Timings = v.InferOutput<typeof timings>;

/** A token that a model has written, with the natural logarithm of its probability. */
export const writtenToken = v.strictObject({ id: count, text: v.string(), logprob: v.number() });
export type WrittenToken = v.InferOutput<typeof writtenToken>;

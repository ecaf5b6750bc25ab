/**
 * Messages of `describe`: what a model on this disk is, by its header and configuration alone. No weights are read, so that a
 * whole list of models can be looked through.
 */
import * as v from 'valibot';
import { count } from '../../../common/schemas';

const description = v.strictObject({
  /** Absolute path, as the settings take it. */
  path: v.string(),
  name: v.string(),
  format: v.picklist(['gguf', 'onnx', 'safetensors']),
  role: v.picklist(['decoder', 'encoder', 'encoder-decoder']),
  /** Family, as the files name it. */
  architecture: v.optional(v.string()),
  /** How most weights are stored: a format of GGUF, or the name of the graph. */
  quantization: v.string(),
  parameters: v.optional(count),
  contextLength: count,
  fillsInTheMiddle: v.boolean(),
  /** Of the weights, on disk. */
  bytes: count,
});
export type ModelDescription = v.InferOutput<typeof description>;

export const describeMethods = {
  /** Rejects with one sentence where the model cannot be used. */
  describe: { params: v.strictObject({ path: v.string() }), result: description, event: v.never() },
} as const;

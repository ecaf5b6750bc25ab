import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnnx } from '../../support/decoderModel/onnx';
import type { DecoderShape } from '../../support/decoderModel/shape';
import { root } from '../../support/paths';

/** About what the embedded decoder is to grow to. */
export const large: DecoderShape = {
  layers: 10,
  hidden: 640,
  heads: 10,
  keyValueHeads: 2,
  headSize: 64,
  feedForward: 1792,
  vocabulary: 16_384,
  // 2,048 tokens and one more to be generated.
  contextLength: 2050,
  rotationBase: 10_000,
  normEpsilon: 1e-5,
};

/** Made once and kept: a folder in the transformers.js layout with random weights. @returns its path */
export function ensureModel(folder: string, shape: DecoderShape): string {
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  writeOnnx(join(folder, 'onnx'), shape, 'inside');
  cpSync(join(root, 'test/fixtures/optimum-tiny/llama/tokenizer.json'), join(folder, 'tokenizer.json'));
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      model_type: 'llama',
      architectures: ['LlamaForCausalLM'],
      vocab_size: shape.vocabulary,
      max_position_embeddings: shape.contextLength,
      hidden_size: shape.hidden,
      num_hidden_layers: shape.layers,
      num_attention_heads: shape.heads,
      num_key_value_heads: shape.keyValueHeads,
    }),
  );
  writeFileSync(complete, '');
  return folder;
}

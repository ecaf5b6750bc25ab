import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnnx } from './decoderModel/onnx';
import { tiny } from './decoderModel/shape';
import type { DecoderShape } from './decoderModel/shape';
import { root } from './paths';

/** As many tokens as the tokenizer beside it has. */
export const tinyShape: DecoderShape = { ...tiny, vocabulary: 257 };

/** Writes a whole model folder in a public layout, whose attention writes into its cache. @param shape with the tokenizer's vocabulary */
export function writeTinyModel(folder: string, shape = tinyShape): void {
  const fixture = join(root, 'test/fixtures/optimum-tiny/llama');
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) copyFileSync(join(fixture, file), join(folder, file));
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
      head_dim: shape.headSize,
      eos_token_id: 256,
      bos_token_id: 256,
    }),
  );
  writeOnnx(join(folder, 'onnx'), shape, 'inside');
}

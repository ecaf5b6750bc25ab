import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bases, fetchBase } from '../../../scripts/lib/bases.mjs';
import { assembleDecoder } from '../../../src/engine/assemble/decoder';
import { writeGguf } from '../../support/decoderModel/gguf';
import { writeOnnx } from '../../support/decoderModel/onnx';
import type { DecoderShape } from '../../support/decoderModel/shape';
import { tiers, writeTier } from './tiers';
import type { TierName } from './tiers';

/** The graph's weights in another form, made once and kept. */
export function ensureTier(graph: string, name: TierName): string {
  const path = join(dirname(graph), name, 'model.onnx');
  const complete = `${path}.complete`;
  if (existsSync(complete)) return path;
  mkdirSync(dirname(path), { recursive: true });
  writeTier(graph, path, tiers[name]);
  writeFileSync(complete, '');
  return path;
}

/** Made once and kept: writing them takes longer than measuring. */
export function ensureModels(folder: string, shape: DecoderShape): { graph: string; gguf: string } {
  const onnx = join(folder, 'onnx');
  const found = { graph: join(onnx, 'model_q4.onnx'), gguf: join(folder, 'model.gguf') };
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return found;
  mkdirSync(onnx, { recursive: true });
  writeOnnx(onnx, shape, 'inside');
  writeGguf(folder, shape);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config(shape)));
  writeFileSync(complete, '');
  return found;
}

/** The base's file as it is, and converted as the product converts the files of people. Made anew each time: it takes seconds. */
export async function ensureBase(folder: string): Promise<{ graph: string; gguf: string }> {
  const gguf = await fetchBase(bases.decoder);
  const start = performance.now();
  await assembleDecoder({ from: gguf, folder, block: 32, precision: 'asStored', log: () => undefined });
  process.stderr.write(`${basename(gguf)} was converted in ${((performance.now() - start) / 1000).toFixed(2)} s.\n`);
  return { graph: join(folder, 'model.onnx'), gguf };
}

/** What transformers.js reads of a model. */
const config = (shape: DecoderShape) => ({
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: shape.hidden,
  intermediate_size: shape.feedForward,
  num_hidden_layers: shape.layers,
  num_attention_heads: shape.heads,
  num_key_value_heads: shape.keyValueHeads,
  head_dim: shape.headSize,
  vocab_size: shape.vocabulary,
  max_position_embeddings: shape.contextLength,
  rms_norm_eps: shape.normEpsilon,
  rope_theta: shape.rotationBase,
});

import { toBinary } from '@bufbuild/protobuf';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/paths';
import { ModelProtoSchema } from '../../../src/engine/graphs/onnx';
import { encoderGraph } from './graph';
import type { EncoderShape } from './graph';

/** The shape of all-MiniLM-L6-v2, but for its vocabulary. */
const sixLayers = { width: 384, layers: 6, heads: 12, feedForward: 1536, context: 256 } as const;

/** A folder as `sentence-transformers` and transformers.js have it, made once: random weights, the embedded decoder's tokenizer. */
export function ensureEncoder(folder: string): string {
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  for (const name of ['onnx', '1_Pooling']) mkdirSync(join(folder, name), { recursive: true });
  const tokenizer = join(root, 'models/decoder/tokenizer.json');
  const { model, added_tokens: added } = JSON.parse(readFileSync(tokenizer, 'utf8')) as {
    model: { vocab: object };
    added_tokens: { content: string }[];
  };
  const shape: EncoderShape = { ...sixLayers, vocabulary: Object.keys(model.vocab).length };
  for (const [precision, name] of [
    ['fp32', 'model'],
    ['int8', 'model_int8'],
  ] as const) {
    writeFileSync(join(folder, 'onnx', `${name}.onnx`), toBinary(ModelProtoSchema, encoderGraph(shape, precision)));
  }
  copyFileSync(tokenizer, join(folder, 'tokenizer.json'));
  const pad = added[0]?.content ?? '';
  const files = {
    'config.json': {
      model_type: 'bert',
      architectures: ['BertModel'],
      hidden_size: shape.width,
      num_hidden_layers: shape.layers,
      num_attention_heads: shape.heads,
      intermediate_size: shape.feedForward,
      vocab_size: shape.vocabulary,
      max_position_embeddings: shape.context,
      pad_token_id: 0,
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_max_length: shape.context,
      pad_token: pad,
    },
    'modules.json': [
      { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
      { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
      { idx: 2, name: '2', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
    ],
    '1_Pooling/config.json': { word_embedding_dimension: shape.width, pooling_mode_mean_tokens: true },
    'sentence_bert_config.json': { max_seq_length: shape.context, do_lower_case: false },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  writeFileSync(complete, '');
  return folder;
}

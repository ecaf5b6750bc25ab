import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { EngineError } from '../../../../src/ipc/engine/errors';
import { openDecoderFolder } from '../../../../src/modelFolder/layouts/folder';
import { folderWith, refused, tokenizer } from '../../../support/modelFolders';
import type { Files } from '../../../support/modelFolders';

describe('a folder of onnxruntime-genai', () => {
  const decoder = {
    filename: 'model.onnx',
    inputs: {
      input_ids: 'input_ids',
      past_key_names: 'past_key_values.%d.key',
      past_value_names: 'past_key_values.%d.value',
    },
    outputs: { logits: 'logits', present_key_names: 'present.%d.key', present_value_names: 'present.%d.value' },
  };
  const model = { type: 'qwen2', context_length: 4096, vocab_size: 100, eos_token_id: [3, 4], decoder };
  const files: Files = {
    'genai_config.json': { model, search: {} },
    'tokenizer.json': tokenizer('<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|endoftext|>', '<|fim_pad|>'),
    'model.onnx': '',
    'model.onnx.data': '',
  };
  const changed = (changes: object): Files => ({ ...files, 'genai_config.json': { model: { ...model, ...changes } } });

  it('opens', async () => {
    const path = await folderWith(files);
    const folder = await openDecoderFolder(path);
    assert.deepEqual(
      {
        graph: folder.graph,
        length: folder.contextLength,
        size: folder.vocabularySize,
        layout: folder.promptLayout,
        cache: folder.cacheOutputs,
      },
      { graph: join(path, 'model.onnx'), length: 4096, size: 100, layout: 'prefix-suffix-middle', cache: 'copy' },
    );
    assert.deepEqual(folder.stopTokens, ['<|endoftext|>', '<|fim_pad|>', '<|fim_pad|>']);
  });

  it('opens also where config.json lies beside it', async () => {
    const path = await folderWith({
      ...files,
      'config.json': { architectures: ['Qwen2ForCausalLM'], vocab_size: 100 },
    });
    assert.equal((await openDecoderFolder(path)).graph, join(path, 'model.onnx'));
  });

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'a configuration cut off': [
      { ...files, 'genai_config.json': '{"model": {' },
      'modelInvalid',
      'genai_config.json',
      'not valid JSON',
    ],
    'no context length': [
      changed({ context_length: undefined }),
      'modelInvalid',
      'genai_config.json',
      'context_length is missing',
    ],
    'no graph': [changed({ decoder: { ...decoder, filename: 'other.onnx' } }), 'modelMissing', 'other.onnx'],
    'a graph outside of the folder': [
      changed({ decoder: { ...decoder, filename: '../model.onnx' } }),
      'modelInvalid',
      'filename',
    ],
    'caches of other names': [
      changed({ decoder: { ...decoder, inputs: { past_key_names: 'past_%d' } } }),
      'modelInvalid',
      'past_key_names',
    ],
    eyes: [
      changed({ vision: { filename: 'vision.onnx' } }),
      'modelInvalid',
      'genai_config.json',
      'more than a decoder',
    ],
    'a tokenizer of another model': [
      changed({ vocab_size: 3 }),
      'modelInvalid',
      'tokenizer.json',
      'more tokens than genai_config.json',
    ],
    'no tokenizer': [{ 'genai_config.json': { model }, 'model.onnx': '' }, 'modelMissing', 'tokenizer.json'],
  };
  for (const [name, [content, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refused(await folderWith(content), code, ...mentions));
  }
});

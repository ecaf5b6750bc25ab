import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { EngineError } from '../../../../src/ipc/engine/errors';
import { openDecoderFolder, openModelFolder } from '../../../../src/modelFolder/layouts/folder';
import { folderWith, refusedBy, tokenizer } from '../../../support/modelFolders';
import type { Files } from '../../../support/modelFolders';

describe('a folder of transformers.js or optimum', () => {
  const config = {
    architectures: ['Qwen2ForCausalLM'],
    vocab_size: 100,
    max_position_embeddings: 4096,
    eos_token_id: 3,
    hidden_size: 8,
  };
  const qwen = tokenizer(
    '<|fim_prefix|>',
    '<|fim_suffix|>',
    '<|fim_middle|>',
    '<|endoftext|>',
    '<|fim_pad|>',
    '<|file_sep|>',
  );
  const files: Files = {
    'config.json': config,
    'tokenizer.json': qwen,
    'onnx/model.onnx': '',
    'onnx/model_q4.onnx': '',
    'onnx/model_fp16.onnx': '',
  };

  it('opens', async () => {
    const path = await folderWith(files);
    const folder = await openDecoderFolder(path);
    assert.equal(folder.cacheOutputs, 'copy');
    assert.equal(folder.contextLength, 4096);
    assert.equal(folder.vocabularySize, 100);
    assert.equal(folder.promptLayout, 'prefix-suffix-middle');
    assert.deepEqual(folder.tokens, {
      prefix: '<|fim_prefix|>',
      suffix: '<|fim_suffix|>',
      middle: '<|fim_middle|>',
      file: '<|file_sep|>',
      pad: '<|fim_pad|>',
      endOfText: '<|endoftext|>',
    });
    assert.deepEqual(folder.stopTokens, ['<|endoftext|>', '<|fim_pad|>', '<|file_sep|>']);
    assert.deepEqual(folder.tokenizer, qwen);
  });

  const spellings: Record<string, string[]> = {
    StarCoder2: ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<file_sep>', '<fim_pad>'],
    StarCoder: ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<filename>', '<fim_pad>'],
    SantaCoder: ['<fim-prefix>', '<fim-suffix>', '<fim-middle>', '<fim-pad>'],
    CodeGemma: ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|file_separator|>'],
    'DeepSeek-Coder': ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'],
    CodeLlama: ['▁<PRE>', '▁<SUF>', '▁<MID>', '▁<EOT>'],
    'Seed-Coder': ['<[fim-prefix]>', '<[fim-suffix]>', '<[fim-middle]>'],
    Codestral: ['[PREFIX]', '[SUFFIX]'],
  };
  const suffixFirst = ['Seed-Coder', 'Codestral'];
  it('tells Mellum, which reads the suffix first, from StarCoder, whose tokens it has', async () => {
    const roles = ['<system>', '</system>', '<user>', '</user>', '<assistant>', '</assistant>'];
    const texts = spellings.StarCoder!;
    const opened = async (more: string[]) =>
      openDecoderFolder(
        await folderWith({ ...files, 'tokenizer.json': tokenizer('<|endoftext|>', ...texts, ...more) }),
      );
    const [mellum, starCoder] = [await opened(roles), await opened(['<jupyter_start>'])];
    assert.deepEqual([mellum.promptLayout, starCoder.promptLayout], ['suffix-prefix-middle', 'prefix-suffix-middle']);
    assert.deepEqual([mellum.tokens.prefix, mellum.tokens.file], ['<fim_prefix>', '<filename>']);
  });

  for (const [name, texts] of Object.entries(spellings)) {
    it(`knows the fill-in tokens of ${name}`, async () => {
      const folder = await openDecoderFolder(
        await folderWith({
          ...files,
          'config.json': { ...config, eos_token_id: null },
          'tokenizer.json': tokenizer('<unk>', ...texts),
        }),
      );
      assert.equal(folder.promptLayout, suffixFirst.includes(name) ? 'suffix-prefix-middle' : 'prefix-suffix-middle');
      assert.deepEqual(Object.values(folder.tokens).sort(), texts.sort());
    });
  }

  it('completes from left to right without fill-in tokens', async () => {
    const folder = await openDecoderFolder(
      await folderWith({ ...files, 'tokenizer.json': tokenizer('<s>', '<|fim_prefix|>') }),
    );
    assert.equal(folder.promptLayout, 'left-to-right');
    assert.deepEqual(folder.tokens, {});
  });

  for (const [present, chosen] of [
    [['model.onnx', 'model_fp16.onnx', 'model_int8.onnx', 'model_q4.onnx'], 'model_q4.onnx'],
    [['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx'], 'model_quantized.onnx'],
    [['model.onnx', 'model_fp16.onnx'], 'model.onnx'],
    [['model_fp16.onnx', 'vision.onnx'], 'model_fp16.onnx'],
    [['decoder_model_merged.onnx', 'decoder_model_merged_quantized.onnx'], 'decoder_model_merged_quantized.onnx'],
    [['decoder_model_merged_quantized.onnx', 'model.onnx'], 'model.onnx'],
    [['model_O4.onnx', 'model_O2.onnx'], 'model_O2.onnx'],
    [['model.onnx', 'model_quint8_avx2.onnx'], 'model_quint8_avx2.onnx'],
    [['model_O3.onnx', 'model_qint8_arm64.onnx'], 'model_qint8_arm64.onnx'],
  ] as const) {
    it(`of ${present.join(', ')} takes ${chosen}`, async () => {
      const graphs = Object.fromEntries(present.map((name) => [`onnx/${name}`, '']));
      const path = await folderWith({ 'config.json': config, 'tokenizer.json': qwen, ...graphs });
      assert.equal((await openDecoderFolder(path)).graph, join(path, 'onnx', chosen));
    });
  }

  it('may have a byte order mark in front of its configuration', async () => {
    const path = await folderWith({ ...files, 'config.json': `\ufeff${JSON.stringify(config)}` });
    assert.equal((await openDecoderFolder(path)).contextLength, 4096);
  });

  it('leaves out added tokens that the model has no rows for', async () => {
    const beyond = { id: 100, content: '[PAD]', special: true };
    const path = await folderWith({
      ...files,
      'tokenizer.json': { ...qwen, added_tokens: [...(qwen as { added_tokens: object[] }).added_tokens, beyond] },
      'tokenizer_config.json': { added_tokens_decoder: { 3: { content: '<|endoftext|>' }, 100: { content: '[PAD]' } } },
    });
    const folder = await openDecoderFolder(path);
    assert.deepEqual(folder.tokenizer, qwen);
    assert.deepEqual(folder.tokenizerConfig, { added_tokens_decoder: { 3: { content: '<|endoftext|>' } } });
  });

  it('takes the end of text from generation_config.json before config.json', async () => {
    const folder = await openDecoderFolder(
      await folderWith({ ...files, 'generation_config.json': { eos_token_id: [4, 3] } }),
    );
    assert.deepEqual(folder.stopTokens.slice(0, 2), ['<|fim_pad|>', '<|endoftext|>']);
    assert.equal(folder.tokens.endOfText, '<|fim_pad|>');
  });

  it('begins with the token that the tokenizer puts in front', async () => {
    const single = [{ SpecialToken: { id: '<|endoftext|>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
    const template = { type: 'TemplateProcessing', single };
    for (const changes of [
      { 'tokenizer.json': { ...qwen, post_processor: template } },
      {
        'tokenizer.json': {
          ...qwen,
          post_processor: { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template] },
        },
      },
      { 'tokenizer_config.json': { add_bos_token: true, bos_token: '<|endoftext|>' } },
      { 'tokenizer_config.json': { add_bos_token: true, bos_token: { content: '<|endoftext|>' } } },
    ]) {
      assert.equal(
        (await openDecoderFolder(await folderWith({ ...files, ...changes }))).tokens.beginOfText,
        '<|endoftext|>',
      );
    }
    assert.equal(
      (
        await openDecoderFolder(
          await folderWith({ ...files, 'tokenizer_config.json': { add_bos_token: false, bos_token: '<|endoftext|>' } }),
        )
      ).tokens.beginOfText,
      undefined,
    );
  });

  const paired = {
    ...config,
    is_encoder_decoder: true,
    architectures: ['BartForConditionalGeneration'],
    decoder_start_token_id: 2,
  };
  const pair: Files = {
    'config.json': paired,
    'tokenizer.json': qwen,
    'onnx/encoder_model.onnx': '',
    'onnx/encoder_model_quantized.onnx': '',
    'onnx/decoder_model_merged.onnx': '',
  };

  it('opens as an encoder with a decoder', async () => {
    const path = await folderWith({ ...pair, 'generation_config.json': { forced_bos_token_id: 0, eos_token_id: 3 } });
    const folder = await openModelFolder(path);
    assert.ok(folder.role === 'encoder-decoder');
    const { encoderGraph, graph, startIds, endIds } = folder;
    const onnx = (name: string) => join(path, 'onnx', name);
    assert.deepEqual(
      { encoderGraph, graph, startIds, endIds },
      {
        encoderGraph: onnx('encoder_model_quantized.onnx'),
        graph: onnx('decoder_model_merged.onnx'),
        startIds: [2, 0],
        endIds: [3],
      },
    );
  });

  for (const key of ['n_positions', 'n_ctx', 'seq_length', 'max_sequence_length', 'max_seq_len']) {
    it(`reads the context length from ${key}`, async () => {
      const folder = await openDecoderFolder(
        await folderWith({ ...files, 'config.json': { ...config, max_position_embeddings: undefined, [key]: 77 } }),
      );
      assert.equal(folder.contextLength, 77);
    });
  }

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'no graph': [{ 'config.json': config, 'tokenizer.json': qwen }, 'modelInvalid', 'onnx/model.onnx'],
    'no tokenizer': [{ 'config.json': config, 'onnx/model.onnx': '' }, 'modelMissing', 'tokenizer.json'],
    'an encoder where a decoder is needed': [
      { ...files, 'config.json': { ...config, architectures: ['BertModel'] } },
      'modelInvalid',
      'encoder',
      'choose a decoder',
    ],
    'an encoder and decoder without its graphs': [
      {
        ...files,
        'config.json': { ...config, is_encoder_decoder: true, architectures: ['T5ForConditionalGeneration'] },
      },
      'modelInvalid',
      'onnx/encoder_model.onnx',
    ],
    'an encoder and decoder that begins with nothing': [
      { ...pair, 'config.json': { ...paired, decoder_start_token_id: null } },
      'modelInvalid',
      'config.json',
      'decoder_start_token_id',
    ],
    'an encoder and decoder where a decoder is needed': [pair, 'modelInvalid', 'encoder-decoder', 'choose a decoder'],
    'no context length': [
      { ...files, 'config.json': { ...config, max_position_embeddings: undefined } },
      'modelInvalid',
      'config.json',
      'max_position_embeddings',
    ],
    'a vocabulary of text': [
      { ...files, 'config.json': { ...config, vocab_size: 'many' } },
      'modelInvalid',
      'config.json',
      'vocab_size',
    ],
    'a tokenizer of another model': [
      { ...files, 'config.json': { ...config, vocab_size: 3 } },
      'modelInvalid',
      'tokenizer.json',
      'more tokens',
    ],
    'a config cut off': [
      { ...files, 'config.json': '{"architectures": [' },
      'modelInvalid',
      'config.json',
      'not valid JSON',
    ],
  };
  for (const [name, [content, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refusedBy(openDecoderFolder, await folderWith(content), code, ...mentions));
  }
});

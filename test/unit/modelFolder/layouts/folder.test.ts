import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { openDecoderFolder, openModelFolder } from '../../../../src/modelFolder/layouts/folder';

/** Content of files by path; objects are written as JSON. */
type Files = Record<string, string | object>;

const scratch: string[] = [];
after(() => Promise.all(scratch.map((folder) => rm(folder, { recursive: true, force: true }))));

async function folderWith(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-model-'));
  scratch.push(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** Asserts one sentence that names what is wrong. */
function refused(folder: string, code: EngineError['code'], ...mentions: (string | RegExp)[]): Promise<void> {
  return refusedBy(openModelFolder, folder, code, ...mentions);
}

async function refusedBy(open: (folder: string) => Promise<unknown>, folder: string, code: EngineError['code'], ...mentions: (string | RegExp)[]): Promise<void> {
  await assert.rejects(open(folder), (error: unknown) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, /^[^\n]*; [^\n]*\.$/);
    for (const mention of mentions) assert.ok(typeof mention === 'string' ? error.message.includes(mention) : mention.test(error.message), error.message);
    return true;
  });
}

const tokens = { file: '<|file|>', suffix: '<|suffix|>', prefix: '<|prefix|>', rest: '<|rest|>', middle: '<|middle|>', endOfMiddle: '<|eom|>' };
const tokenizer = (...added: string[]): object => ({
  added_tokens: added.map((content, id) => ({ id, content, special: true })),
  model: { vocab: { a: added.length }, merges: [] },
});
const entry = (path: string, content: string): object => ({ path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });

describe('a folder with glassbox.json', () => {
  const graph = 'not really a graph';
  const vocabulary = JSON.stringify(tokenizer(...Object.values(tokens)));
  const manifest = {
    format: 1, name: 'little', version: '1.0.0', role: 'decoder', license: 'MIT', contextLength: 256, vocabularySize: 7,
    graph: 'model.onnx', tokenizer: 'tokenizer.json', layout: 'suffix-first-next-line', tokens,
    cache: { layers: 2, heads: 1, headSize: 32 },
    files: [entry('model.onnx', graph), entry('tokenizer.json', vocabulary)],
  };
  const files: Files = { 'glassbox.json': manifest, 'model.onnx': graph, 'tokenizer.json': vocabulary };
  const changed = (changes: object): Files => ({ ...files, 'glassbox.json': { ...manifest, ...changes } });

  it('opens', async () => {
    const path = await folderWith(files);
    assert.deepEqual(await openModelFolder(path), {
      role: 'decoder', path, name: 'little', cacheOutputs: 'delta', cache: { layers: 2, heads: 1, headSize: 32 }, contextLength: 256,
      vocabularySize: 7, graph: join(path, 'model.onnx'), tokenizer: JSON.parse(vocabulary) as unknown, tokenizerConfig: undefined,
      promptLayout: 'suffix-first-next-line', tokens, stopTokens: ['<|eom|>', '<|file|>'],
    });
  });

  it('opens with weights in a file of their own, where that is listed', async () => {
    const path = await folderWith({ ...changed({ files: [...manifest.files, entry('model.onnx_data', 'weights')] }), 'model.onnx_data': 'weights' });
    assert.equal((await openModelFolder(path)).graph, join(path, 'model.onnx'));
  });

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'another format': [changed({ format: 2 }), 'modelInvalid', 'glassbox.json', 'format 2', /update Glassbox/],
    'another role': [changed({ role: 'oracle' }), 'modelInvalid', 'glassbox.json', '"oracle"', 'decoder'],
    'the parts of another role': [changed({ role: 'encoder' }), 'modelInvalid', 'glassbox.json', 'dimension is missing'],
    'no role': [changed({ role: undefined }), 'modelInvalid', 'glassbox.json', 'role'],
    'a list instead': [{ ...files, 'glassbox.json': [] }, 'modelInvalid', 'glassbox.json'],
    'something unknown': [changed({ surprise: 1 }), 'modelInvalid', 'glassbox.json', 'surprise'],
    'a context of nothing': [changed({ contextLength: 0 }), 'modelInvalid', 'contextLength'],
    'a manifest cut off': [{ ...files, 'glassbox.json': JSON.stringify(manifest).slice(0, -9) }, 'modelInvalid', 'glassbox.json', 'not valid JSON'],
    'a path out of the folder': [changed({ graph: '../model.onnx' }), 'modelInvalid', 'graph'],
    'a path out of the folder, hidden': [changed({ files: [...manifest.files, entry('a/../../b', '')] }), 'modelInvalid', 'files.2.path'],
    'an absolute path': [changed({ tokenizer: '/etc/passwd' }), 'modelInvalid', 'tokenizer'],
    'a path with a drive': [changed({ tokenizer: 'C:\\tokenizer.json' }), 'modelInvalid', 'tokenizer'],
    'a graph that is not listed': [changed({ files: [manifest.files[1]] }), 'modelInvalid', 'model.onnx', 'not listed'],
    'weights that are not listed': [{ ...files, 'model.onnx_data': 'weights' }, 'modelInvalid', 'model.onnx_data', 'not listed'],
    'a file that is not there': [{ 'glassbox.json': manifest, 'tokenizer.json': vocabulary }, 'modelMissing', 'model.onnx'],
    'a file of another size': [{ ...files, 'model.onnx': `${graph}!` }, 'modelInvalid', 'model.onnx', '19 bytes instead of 18'],
    'a file of another content': [{ ...files, 'model.onnx': graph.toUpperCase() }, 'modelInvalid', 'model.onnx', 'SHA-256'],
    'a checksum that is none': [changed({ files: [{ ...manifest.files[0], sha256: 'abc' }, manifest.files[1]] }), 'modelInvalid', 'sha256'],
    'more tokens than the model has': [changed({ vocabularySize: 6 }), 'modelInvalid', 'tokenizer.json', 'more tokens'],
    'a token that its layout needs': [changed({ tokens: { ...tokens, rest: undefined } }), 'modelInvalid', '"rest"'],
    'a token that the tokenizer lacks': [changed({ tokens: { ...tokens, rest: '<|other|>' } }), 'modelInvalid', 'tokenizer.json', '<|other|>'],
    'a folder in place of a file': [{ ...files, 'model.onnx': '', 'model.onnx2/x': '' , 'glassbox.json': { ...manifest, graph: 'model.onnx2', files: [entry('model.onnx2', ''), manifest.files[1]] } }, 'modelInvalid', 'model.onnx2', 'not a file'],
  };
  for (const [name, [content, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refused(await folderWith(content), code, ...mentions));
  }

  it('opens as an encoder', async () => {
    const { layout: _, cache: __, ...rest } = manifest;
    const marks = { query: '<|file|>', document: '<|suffix|>', pad: '<|prefix|>' };
    const path = await folderWith({ ...files, 'glassbox.json': { ...rest, role: 'encoder', dimension: 24, pooling: 'mean', tokens: marks } });
    assert.deepEqual(await openModelFolder(path), {
      role: 'encoder', path, name: 'little', contextLength: 256, vocabularySize: 7, graph: join(path, 'model.onnx'),
      tokenizer: JSON.parse(vocabulary) as unknown, tokenizerConfig: undefined, dimension: 24, pooling: 'mean', needsFinishedVectors: false,
      prefixes: { query: '', document: '' }, poolsPrefix: true, marks: { query: '<|file|>', document: '<|suffix|>' }, pad: '<|prefix|>',
      trims: false, lowerCase: false,
    });
  });

  it('is refused where a link leads out of it', async () => {
    const outside = await folderWith({ 'secret.onnx': graph });
    const path = await folderWith({ 'glassbox.json': manifest, 'tokenizer.json': vocabulary });
    await symlink(join(outside, 'secret.onnx'), join(path, 'model.onnx'));
    await refused(path, 'modelInvalid', 'model.onnx', 'link');
  });

  it('notices a file that changes after it was opened, and one that is repaired', async () => {
    const path = await folderWith(files);
    await openModelFolder(path);
    await truncate(join(path, 'model.onnx'), 5);
    await refused(path, 'modelInvalid', '5 bytes');
    await writeFile(join(path, 'model.onnx'), graph.replace('not', 'yes'));
    // File systems keep coarse times: make sure that this one differs.
    await utimes(join(path, 'model.onnx'), 1, 1);
    await refused(path, 'modelInvalid', 'SHA-256');
    await writeFile(join(path, 'model.onnx'), graph);
    assert.equal((await openModelFolder(path)).name, 'little');
  });
});

describe('a folder of transformers.js or optimum', () => {
  const config = { architectures: ['Qwen2ForCausalLM'], vocab_size: 100, max_position_embeddings: 4096, eos_token_id: 3, hidden_size: 8 };
  const qwen = tokenizer('<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|endoftext|>', '<|fim_pad|>', '<|file_sep|>');
  const files: Files = { 'config.json': config, 'tokenizer.json': qwen, 'onnx/model.onnx': '', 'onnx/model_q4.onnx': '', 'onnx/model_fp16.onnx': '' };

  it('opens', async () => {
    const path = await folderWith(files);
    const folder = await openDecoderFolder(path);
    assert.equal(folder.cacheOutputs, 'copy');
    assert.equal(folder.contextLength, 4096);
    assert.equal(folder.vocabularySize, 100);
    assert.equal(folder.promptLayout, 'prefix-suffix-middle');
    assert.deepEqual(folder.tokens, { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: '<|fim_middle|>', file: '<|file_sep|>', pad: '<|fim_pad|>', endOfText: '<|endoftext|>' });
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
  };
  for (const [name, texts] of Object.entries(spellings)) {
    it(`knows the fill-in tokens of ${name}`, async () => {
      const folder = await openDecoderFolder(await folderWith({ ...files, 'config.json': { ...config, eos_token_id: null }, 'tokenizer.json': tokenizer('<unk>', ...texts) }));
      assert.equal(folder.promptLayout, 'prefix-suffix-middle');
      assert.deepEqual(Object.values(folder.tokens).sort(), texts.sort());
    });
  }

  it('completes from left to right without fill-in tokens', async () => {
    const folder = await openDecoderFolder(await folderWith({ ...files, 'tokenizer.json': tokenizer('<s>', '<|fim_prefix|>') }));
    assert.equal(folder.promptLayout, 'left-to-right');
    assert.deepEqual(folder.tokens, {});
  });

  for (const [present, chosen] of [
    [['model.onnx', 'model_fp16.onnx', 'model_int8.onnx', 'model_q4.onnx'], 'model_q4.onnx'],
    [['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx'], 'model_quantized.onnx'],
    [['model.onnx', 'model_fp16.onnx'], 'model.onnx'],
    [['model_fp16.onnx', 'vision.onnx'], 'model_fp16.onnx'],
  ] as const) {
    it(`of ${present.join(', ')} takes ${chosen}`, async () => {
      const graphs = Object.fromEntries(present.map((name) => [`onnx/${name}`, '']));
      const path = await folderWith({ 'config.json': config, 'tokenizer.json': qwen, ...graphs });
      assert.equal((await openDecoderFolder(path)).graph, join(path, 'onnx', chosen));
    });
  }

  it('takes the end of text from generation_config.json before config.json', async () => {
    const folder = await openDecoderFolder(await folderWith({ ...files, 'generation_config.json': { eos_token_id: [4, 3] } }));
    assert.deepEqual(folder.stopTokens.slice(0, 2), ['<|fim_pad|>', '<|endoftext|>']);
    assert.equal(folder.tokens.endOfText, '<|fim_pad|>');
  });

  it('begins with the token that the tokenizer puts in front', async () => {
    const single = [{ SpecialToken: { id: '<|endoftext|>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
    const template = { type: 'TemplateProcessing', single };
    for (const changes of [
      { 'tokenizer.json': { ...qwen, post_processor: template } },
      { 'tokenizer.json': { ...qwen, post_processor: { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template] } } },
      { 'tokenizer_config.json': { add_bos_token: true, bos_token: '<|endoftext|>' } },
      { 'tokenizer_config.json': { add_bos_token: true, bos_token: { content: '<|endoftext|>' } } },
    ]) {
      assert.equal((await openDecoderFolder(await folderWith({ ...files, ...changes }))).tokens.beginOfText, '<|endoftext|>');
    }
    assert.equal((await openDecoderFolder(await folderWith({ ...files, 'tokenizer_config.json': { add_bos_token: false, bos_token: '<|endoftext|>' } }))).tokens.beginOfText, undefined);
  });

  const paired = { ...config, is_encoder_decoder: true, architectures: ['BartForConditionalGeneration'], decoder_start_token_id: 2 };
  const pair: Files = { 'config.json': paired, 'tokenizer.json': qwen, 'onnx/encoder_model.onnx': '', 'onnx/encoder_model_quantized.onnx': '', 'onnx/decoder_model_merged.onnx': '' };

  it('opens as an encoder with a decoder', async () => {
    const path = await folderWith({ ...pair, 'generation_config.json': { forced_bos_token_id: 0, eos_token_id: 3 } });
    const folder = await openModelFolder(path);
    assert.ok(folder.role === 'encoder-decoder');
    const { encoderGraph, graph, startIds, endIds } = folder;
    const onnx = (name: string) => join(path, 'onnx', name);
    assert.deepEqual({ encoderGraph, graph, startIds, endIds }, { encoderGraph: onnx('encoder_model_quantized.onnx'), graph: onnx('decoder_model_merged.onnx'), startIds: [2, 0], endIds: [3] });
  });

  for (const key of ['n_positions', 'n_ctx', 'seq_length', 'max_sequence_length', 'max_seq_len']) {
    it(`reads the context length from ${key}`, async () => {
      const folder = await openDecoderFolder(await folderWith({ ...files, 'config.json': { ...config, max_position_embeddings: undefined, [key]: 77 } }));
      assert.equal(folder.contextLength, 77);
    });
  }

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'no graph': [{ 'config.json': config, 'tokenizer.json': qwen }, 'modelInvalid', 'onnx/model.onnx'],
    'no tokenizer': [{ 'config.json': config, 'onnx/model.onnx': '' }, 'modelMissing', 'tokenizer.json'],
    'an encoder where a decoder is needed': [{ ...files, 'config.json': { ...config, architectures: ['BertModel'] } }, 'modelInvalid', 'encoder', 'choose a decoder'],
    'an encoder and decoder without its graphs': [{ ...files, 'config.json': { ...config, is_encoder_decoder: true, architectures: ['T5ForConditionalGeneration'] } }, 'modelInvalid', 'onnx/encoder_model.onnx'],
    'an encoder and decoder that begins with nothing': [{ ...pair, 'config.json': { ...paired, decoder_start_token_id: null } }, 'modelInvalid', 'config.json', 'decoder_start_token_id'],
    'an encoder and decoder where a decoder is needed': [pair, 'modelInvalid', 'encoder-decoder', 'choose a decoder'],
    'no context length': [{ ...files, 'config.json': { ...config, max_position_embeddings: undefined } }, 'modelInvalid', 'config.json', 'max_position_embeddings'],
    'a vocabulary of text': [{ ...files, 'config.json': { ...config, vocab_size: 'many' } }, 'modelInvalid', 'config.json', 'vocab_size'],
    'a tokenizer of another model': [{ ...files, 'config.json': { ...config, vocab_size: 3 } }, 'modelInvalid', 'tokenizer.json', 'more tokens'],
    'a config cut off': [{ ...files, 'config.json': '{"architectures": [' }, 'modelInvalid', 'config.json', 'not valid JSON'],
  };
  for (const [name, [content, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refusedBy(openDecoderFolder, await folderWith(content), code, ...mentions));
  }
});

describe('a folder of onnxruntime-genai', () => {
  const decoder = {
    filename: 'model.onnx',
    inputs: { input_ids: 'input_ids', past_key_names: 'past_key_values.%d.key', past_value_names: 'past_key_values.%d.value' },
    outputs: { logits: 'logits', present_key_names: 'present.%d.key', present_value_names: 'present.%d.value' },
  };
  const model = { type: 'qwen2', context_length: 4096, vocab_size: 100, eos_token_id: [3, 4], decoder };
  const files: Files = {
    'genai_config.json': { model, search: {} },
    'tokenizer.json': tokenizer('<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|endoftext|>', '<|fim_pad|>'),
    'model.onnx': '', 'model.onnx.data': '',
  };
  const changed = (changes: object): Files => ({ ...files, 'genai_config.json': { model: { ...model, ...changes } } });

  it('opens', async () => {
    const path = await folderWith(files);
    const folder = await openDecoderFolder(path);
    assert.deepEqual(
      { graph: folder.graph, length: folder.contextLength, size: folder.vocabularySize, layout: folder.promptLayout, cache: folder.cacheOutputs },
      { graph: join(path, 'model.onnx'), length: 4096, size: 100, layout: 'prefix-suffix-middle', cache: 'copy' },
    );
    assert.deepEqual(folder.stopTokens, ['<|endoftext|>', '<|fim_pad|>', '<|fim_pad|>']);
  });

  it('opens also where config.json lies beside it', async () => {
    const path = await folderWith({ ...files, 'config.json': { architectures: ['Qwen2ForCausalLM'], vocab_size: 100 } });
    assert.equal((await openDecoderFolder(path)).graph, join(path, 'model.onnx'));
  });

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'a configuration cut off': [{ ...files, 'genai_config.json': '{"model": {' }, 'modelInvalid', 'genai_config.json', 'not valid JSON'],
    'no context length': [changed({ context_length: undefined }), 'modelInvalid', 'genai_config.json', 'context_length is missing'],
    'no graph': [changed({ decoder: { ...decoder, filename: 'other.onnx' } }), 'modelMissing', 'other.onnx'],
    'a graph outside of the folder': [changed({ decoder: { ...decoder, filename: '../model.onnx' } }), 'modelInvalid', 'filename'],
    'caches of other names': [changed({ decoder: { ...decoder, inputs: { past_key_names: 'past_%d' } } }), 'modelInvalid', 'past_key_names'],
    'eyes': [changed({ vision: { filename: 'vision.onnx' } }), 'modelInvalid', 'genai_config.json', 'more than a decoder'],
    'a tokenizer of another model': [changed({ vocab_size: 3 }), 'modelInvalid', 'tokenizer.json', 'more tokens than genai_config.json'],
    'no tokenizer': [{ 'genai_config.json': { model }, 'model.onnx': '' }, 'modelMissing', 'tokenizer.json'],
  };
  for (const [name, [content, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refused(await folderWith(content), code, ...mentions));
  }
});

describe('a folder of sentence-transformers', () => {
  const module = (type: string, path: string) => ({ type: `sentence_transformers.models.${type}`, path });
  const files: Files = {
    'config.json': { architectures: ['RobertaModel'], model_type: 'roberta', vocab_size: 100, max_position_embeddings: 130, pad_token_id: 1 },
    'tokenizer.json': tokenizer('<s>', '<pad>', '</s>'),
    'tokenizer_config.json': { model_max_length: 1e30 },
    'modules.json': [module('Transformer', ''), module('Pooling', '1_Pooling'), module('Normalize', '2_Normalize')],
    '1_Pooling/config.json': { word_embedding_dimension: 8, pooling_mode_cls_token: true, pooling_mode_mean_tokens: false },
    'sentence_bert_config.json': { max_seq_length: 64, do_lower_case: false },
    'config_sentence_transformers.json': { prompts: { query: 'ask: ', passage: 'told: ' }, default_prompt_name: null },
    'onnx/model.onnx': '', 'onnx/model_quantized.onnx': '', 'onnx/model_q4.onnx': '',
  };
  const open = async (changes: Files = {}, without: readonly string[] = []) => {
    const wanted = Object.entries({ ...files, ...changes }).filter(([name]) => !without.includes(name));
    const folder = await openModelFolder(await folderWith(Object.fromEntries(wanted)));
    assert.ok(folder.role === 'encoder');
    return folder;
  };

  it('opens with its pooling, prefixes and length', async () => {
    const folder = await open();
    assert.deepEqual(
      { pooling: folder.pooling, prefixes: folder.prefixes, contextLength: folder.contextLength, pad: folder.pad, trims: folder.trims, finished: folder.needsFinishedVectors },
      { pooling: 'first', prefixes: { query: 'ask: ', document: 'told: ' }, contextLength: 64, pad: '<pad>', trims: true, finished: false },
    );
    assert.ok(folder.graph.endsWith('model_quantized.onnx'));
  });

  it('is an encoder also where its weights are those of a decoder', async () => {
    const settings = { architectures: ['Qwen3ForCausalLM'], vocab_size: 100, max_position_embeddings: 48 };
    const pooling = { pooling_mode_lasttoken: true, include_prompt: false };
    const folder = await open({ 'config.json': settings, '1_Pooling/config.json': pooling });
    assert.deepEqual([folder.pooling, folder.poolsPrefix, folder.contextLength], ['last', false, 48]);
  });

  it('needs none of its files: the mean of all tokens is taken then, up to the positions there are', async () => {
    const folder = await open({}, ['modules.json', '1_Pooling/config.json', 'sentence_bert_config.json', 'config_sentence_transformers.json']);
    assert.deepEqual([folder.pooling, folder.contextLength, folder.prefixes.query, folder.trims], ['mean', 128, '', false]);
  });

  it('asks for a graph with all steps where there are more than pooling', async () => {
    const dense = [module('Transformer', ''), module('Pooling', '1_Pooling'), module('Dense', '2_Dense')];
    assert.ok((await open({ 'modules.json': dense })).needsFinishedVectors);
  });

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'two ways of pooling': [{ '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_max_tokens: true } }, 'modelInvalid', '1_Pooling/config.json', '2 ways'],
    'no way of pooling': [{ '1_Pooling/config.json': {} }, 'modelInvalid', '1_Pooling/config.json', '0 ways'],
    'pooling that is not there': [{ 'modules.json': [module('Pooling', '3_Pooling')] }, 'modelMissing', '3_Pooling/config.json'],
    'a path out of the folder': [{ 'modules.json': [module('Pooling', '../1_Pooling')] }, 'modelInvalid', 'modules.json', 'path'],
    'modules that are none': [{ 'modules.json': { a: 1 } }, 'modelInvalid', 'modules.json', 'not understood'],
    'settings cut off': [{ 'sentence_bert_config.json': '{"max_seq' }, 'modelInvalid', 'sentence_bert_config.json', 'not valid JSON'],
  };
  for (const [name, [changes, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refused(await folderWith({ ...files, ...changes }), code, ...mentions));
  }
});

describe('a path that is no model folder', () => {
  it('does not exist', async () => refused(join(await folderWith({}), 'nowhere'), 'modelMissing', 'nowhere'));
  it('is empty', async () => refused(await folderWith({}), 'modelMissing', 'glassbox.json', 'config.json'));
  it('is a file', async () => refused(join(await folderWith({ 'model.onnx': '' }), 'model.onnx'), 'modelInvalid', 'not a folder'));
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EngineError } from '../../../src/engine/errors';
import { openModelFolder } from '../../../src/engine/models/folder';

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
async function refused(folder: string, code: EngineError['code'], ...mentions: (string | RegExp)[]): Promise<void> {
  await assert.rejects(openModelFolder(folder), (error: unknown) => {
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
    'another role': [changed({ role: 'encoder' }), 'modelInvalid', 'glassbox.json', '"encoder"', 'decoder'],
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
    const folder = await openModelFolder(path);
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
      const folder = await openModelFolder(await folderWith({ ...files, 'config.json': { ...config, eos_token_id: null }, 'tokenizer.json': tokenizer('<unk>', ...texts) }));
      assert.equal(folder.promptLayout, 'prefix-suffix-middle');
      assert.deepEqual(Object.values(folder.tokens).sort(), texts.sort());
    });
  }

  it('completes from left to right without fill-in tokens', async () => {
    const folder = await openModelFolder(await folderWith({ ...files, 'tokenizer.json': tokenizer('<s>', '<|fim_prefix|>') }));
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
      assert.equal((await openModelFolder(path)).graph, join(path, 'onnx', chosen));
    });
  }

  it('takes the end of text from generation_config.json before config.json', async () => {
    const folder = await openModelFolder(await folderWith({ ...files, 'generation_config.json': { eos_token_id: [4, 3] } }));
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
      assert.equal((await openModelFolder(await folderWith({ ...files, ...changes }))).tokens.beginOfText, '<|endoftext|>');
    }
    assert.equal((await openModelFolder(await folderWith({ ...files, 'tokenizer_config.json': { add_bos_token: false, bos_token: '<|endoftext|>' } }))).tokens.beginOfText, undefined);
  });

  for (const key of ['n_positions', 'n_ctx', 'seq_length', 'max_sequence_length', 'max_seq_len']) {
    it(`reads the context length from ${key}`, async () => {
      const folder = await openModelFolder(await folderWith({ ...files, 'config.json': { ...config, max_position_embeddings: undefined, [key]: 77 } }));
      assert.equal(folder.contextLength, 77);
    });
  }

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'no graph': [{ 'config.json': config, 'tokenizer.json': qwen }, 'modelInvalid', 'onnx/model.onnx'],
    'no tokenizer': [{ 'config.json': config, 'onnx/model.onnx': '' }, 'modelMissing', 'tokenizer.json'],
    'an encoder': [{ ...files, 'config.json': { ...config, architectures: ['BertModel'] } }, 'modelInvalid', 'config.json', 'BertModel'],
    'an encoder and decoder': [{ ...files, 'config.json': { ...config, is_encoder_decoder: true, architectures: ['T5ForConditionalGeneration'] } }, 'modelInvalid', 'config.json'],
    'no context length': [{ ...files, 'config.json': { ...config, max_position_embeddings: undefined } }, 'modelInvalid', 'config.json', 'max_position_embeddings'],
    'a vocabulary of text': [{ ...files, 'config.json': { ...config, vocab_size: 'many' } }, 'modelInvalid', 'config.json', 'vocab_size'],
    'a tokenizer of another model': [{ ...files, 'config.json': { ...config, vocab_size: 3 } }, 'modelInvalid', 'tokenizer.json', 'more tokens'],
    'a config cut off': [{ ...files, 'config.json': '{"architectures": [' }, 'modelInvalid', 'config.json', 'not valid JSON'],
  };
  for (const [name, [content, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refused(await folderWith(content), code, ...mentions));
  }
});

describe('a path that is no model folder', () => {
  it('does not exist', async () => refused(join(await folderWith({}), 'nowhere'), 'modelMissing', 'nowhere'));
  it('is empty', async () => refused(await folderWith({}), 'modelMissing', 'glassbox.json', 'config.json'));
  it('is a file', async () => refused(join(await folderWith({ 'model.onnx': '' }), 'model.onnx'), 'modelInvalid', 'not a folder'));
});

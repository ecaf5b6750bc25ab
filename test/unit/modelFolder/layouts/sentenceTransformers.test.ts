import assert from 'node:assert/strict';
import type { EngineError } from '../../../../src/ipc/engine/errors';
import { openModelFolder } from '../../../../src/modelFolder/layouts/folder';
import { folderWith, refused, tokenizer } from '../../../support/modelFolders';
import type { Files } from '../../../support/modelFolders';

describe('a folder of sentence-transformers', () => {
  const module = (type: string, path: string) => ({ type: `sentence_transformers.models.${type}`, path });
  const files: Files = {
    'config.json': {
      architectures: ['RobertaModel'],
      model_type: 'roberta',
      vocab_size: 100,
      max_position_embeddings: 130,
      pad_token_id: 1,
    },
    'tokenizer.json': tokenizer('<s>', '<pad>', '</s>'),
    'tokenizer_config.json': { model_max_length: 1e30 },
    'modules.json': [module('Transformer', ''), module('Pooling', '1_Pooling'), module('Normalize', '2_Normalize')],
    '1_Pooling/config.json': {
      word_embedding_dimension: 8,
      pooling_mode_cls_token: true,
      pooling_mode_mean_tokens: false,
    },
    'sentence_bert_config.json': { max_seq_length: 64, do_lower_case: false },
    'config_sentence_transformers.json': { prompts: { query: 'ask: ', passage: 'told: ' }, default_prompt_name: null },
    'onnx/model.onnx': '',
    'onnx/model_quantized.onnx': '',
    'onnx/model_q4.onnx': '',
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
      {
        pooling: folder.pooling,
        prefixes: folder.prefixes,
        contextLength: folder.contextLength,
        pad: folder.pad,
        trims: folder.trims,
        finished: folder.needsFinishedVectors,
      },
      {
        pooling: 'first',
        prefixes: { query: 'ask: ', document: 'told: ' },
        contextLength: 64,
        pad: '<pad>',
        trims: true,
        finished: false,
      },
    );
    assert.ok(folder.graph.endsWith('model_quantized.onnx'));
  });

  it('is an encoder also where its weights are those of a decoder', async () => {
    const settings = { architectures: ['Qwen3ForCausalLM'], vocab_size: 100, max_position_embeddings: 48 };
    const pooling = { pooling_mode_lasttoken: true, include_prompt: false };
    const folder = await open({ 'config.json': settings, '1_Pooling/config.json': pooling });
    assert.deepEqual([folder.pooling, folder.poolsPrefix, folder.contextLength], ['last', false, 48]);
  });

  it('opens with pooling as the library names it from version 6 on', async () => {
    const pooled = async (mode: unknown) =>
      (await open({ '1_Pooling/config.json': { embedding_dimension: 8, pooling_mode: mode } })).pooling;
    assert.deepEqual(
      [await pooled('mean'), await pooled(['cls']), await pooled('weightedmean'), await pooled('lasttoken')],
      ['mean', 'first', 'weightedMean', 'last'],
    );
  });

  it('needs none of its files: the mean of all tokens is taken then, up to the positions there are', async () => {
    const folder = await open({}, [
      'modules.json',
      '1_Pooling/config.json',
      'sentence_bert_config.json',
      'config_sentence_transformers.json',
    ]);
    assert.deepEqual(
      [folder.pooling, folder.contextLength, folder.prefixes.query, folder.trims],
      ['mean', 128, '', false],
    );
  });

  it('is pooled as is known of its model where nothing says how', async () => {
    const bare = ['modules.json', '1_Pooling/config.json'];
    const poolingOf = async (origin?: string) => {
      const named = { ...(files['config.json'] as object), architectures: ['NomicBertModel'], _name_or_path: origin };
      const { pooling, poolingIsAssumed } = await open({ 'config.json': named }, bare);
      return [pooling, poolingIsAssumed];
    };
    assert.deepEqual(await poolingOf('nomic-ai/CodeRankEmbed'), ['first', undefined]);
    assert.deepEqual(await poolingOf('./granite-embedding-small-english-r2'), ['first', undefined]);
    assert.deepEqual(await poolingOf('intfloat/e5-small-v2'), ['mean', true]);
    assert.deepEqual(await poolingOf(), ['mean', true]);
    assert.equal((await open()).poolingIsAssumed, undefined);
  });

  it('finds the prompts of models that are trained for several tasks', async () => {
    const prefixesOf = async (prompts: object) =>
      (await open({ 'config_sentence_transformers.json': { prompts } })).prefixes;
    assert.deepEqual(await prefixesOf({ nl2code_query: 'find: ', nl2code_document: 'code: ', qa_query: 'answer: ' }), {
      query: 'find: ',
      document: 'code: ',
    });
    assert.deepEqual(await prefixesOf({ search_query: 'q: ', search_document: 'd: ', query: 'own: ' }), {
      query: 'own: ',
      document: 'd: ',
    });
  });

  it('asks for a graph with all steps where there are more than pooling', async () => {
    const dense = [module('Transformer', ''), module('Pooling', '1_Pooling'), module('Dense', '2_Dense')];
    assert.ok((await open({ 'modules.json': dense })).needsFinishedVectors);
  });

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'two ways of pooling': [
      { '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_max_tokens: true } },
      'modelInvalid',
      '1_Pooling/config.json',
      '2 ways',
    ],
    'two ways of pooling by name': [
      { '1_Pooling/config.json': { pooling_mode: ['mean', 'max'] } },
      'modelInvalid',
      '1_Pooling/config.json',
      '2 ways',
    ],
    'no way of pooling': [{ '1_Pooling/config.json': {} }, 'modelInvalid', '1_Pooling/config.json', '0 ways'],
    'pooling that is not there': [
      { 'modules.json': [module('Pooling', '3_Pooling')] },
      'modelMissing',
      '3_Pooling/config.json',
    ],
    'a path out of the folder': [
      { 'modules.json': [module('Pooling', '../1_Pooling')] },
      'modelInvalid',
      'modules.json',
      'path',
    ],
    'modules that are none': [{ 'modules.json': { a: 1 } }, 'modelInvalid', 'modules.json', 'not understood'],
    'settings cut off': [
      { 'sentence_bert_config.json': '{"max_seq' },
      'modelInvalid',
      'sentence_bert_config.json',
      'not valid JSON',
    ],
  };
  for (const [name, [changes, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refused(await folderWith({ ...files, ...changes }), code, ...mentions));
  }
});

import assert from 'node:assert/strict';
import { generate, modelNamesOf, modelOf } from '../../../../src/servers/protocols/ollama';
import type { FillRequest } from '../../../../src/servers/protocols/types';

const request: FillRequest = {
  model: 'qwen2.5-coder:1.5b',
  path: 'a.ts',
  context: [],
  prefix: 'return ',
  suffix: ';\n',
  maxTokens: 32,
  stop: ['\n'],
};
const bodyOf = (more: Partial<FillRequest>) =>
  generate.request({ ...request, ...more }).body as Record<string, unknown>;

describe('servers/protocols/ollama', () => {
  it('sends the suffix to a model whose template takes it, and a raw prompt of ours to others', () => {
    const { prompt, suffix, raw, options } = bodyOf({});
    assert.deepEqual([prompt, suffix, raw], ['return ', ';\n', undefined]);
    assert.deepEqual(options, { num_predict: 32, temperature: 0, stop: ['\n'] });
    const own = bodyOf({ spelling: 'codestral' });
    assert.deepEqual([own.prompt, own.suffix, own.raw], ['[SUFFIX];\n[PREFIX]return ', undefined, true]);
  });

  it('asks for probabilities where they are wanted', () => {
    assert.deepEqual([bodyOf({}).logprobs, bodyOf({}).top_logprobs], [undefined, undefined]);
    const { logprobs, top_logprobs } = bodyOf({ likeliest: 4 });
    assert.deepEqual([logprobs, top_logprobs], [true, 4]);
  });

  it('reads pieces and the counts of the last', () => {
    const logprobs = [{ token: 'a', logprob: -0.2, top_logprobs: [{ token: 'a', logprob: -0.2 }] }];
    assert.deepEqual(generate.piece({ model: 'm', response: 'a', done: false, logprobs }), {
      text: 'a',
      tokens: [{ text: 'a', logprob: -0.2, likeliest: [{ text: 'a', logprob: -0.2 }] }],
    });
    const end = { response: '', done: true, done_reason: 'length', prompt_eval_count: 11, eval_count: 32 };
    assert.deepEqual(generate.piece(end), {
      text: '',
      tokens: [],
      finish: 'length',
      usage: { promptTokens: 11, writtenTokens: 32 },
    });
    assert.throws(() => generate.piece({ error: 'model requires more system memory' }), /failed in the middle/);
  });

  it('knows what a model can do by its capabilities, and by its template where there are none', () => {
    const info = { 'general.architecture': 'qwen2', 'qwen2.context_length': 32_768 };
    const template = 'a{{ if .Suffix }}b{{ end }}';
    assert.deepEqual(modelOf({ capabilities: ['completion', 'insert'], model_info: info }), {
      takesSuffix: true,
      embeds: false,
      contextLength: 32_768,
    });
    assert.equal(modelOf({ template }).takesSuffix, true);
    assert.equal(modelOf({ template: '{{ .Prompt }}' }).takesSuffix, false);
    assert.equal(modelOf({ template, capabilities: ['completion'] }).takesSuffix, false);
    assert.equal(modelOf({ capabilities: ['embedding'] }).embeds, true);
  });

  it('lists models', () => {
    assert.deepEqual(modelNamesOf({ models: [{ name: 'a:1b', size: 1 }, { name: 'b' }] }), ['a:1b', 'b']);
    for (const other of [undefined, [], { models: 1 }, { data: [] }]) assert.equal(modelNamesOf(other), undefined);
  });
});

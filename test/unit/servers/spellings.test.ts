import assert from 'node:assert/strict';
import { spellingByName } from '../../../src/servers/spellings';

const names: Readonly<Record<string, ReturnType<typeof spellingByName>>> = {
  'qwen2.5-coder:1.5b': 'qwen',
  'Qwen/Qwen2.5-Coder-7B-Instruct': 'qwen',
  '../models/Qwen3-Coder-30B-A3B-Instruct-Q4_K_M.gguf': 'qwen',
  'qwen3:8b': undefined,
  'codeqwen:7b': 'starCoder',
  'codegemma:2b': 'codeGemma',
  'gemma3:4b': undefined,
  'JetBrains/Mellum-4b-base': 'mellum',
  'starcoder2:3b': 'starCoder2',
  'bigcode/starcoder2-7b': 'starCoder2',
  'bigcode/starcoderbase-1b': 'starCoder',
  'stable-code:3b': 'starCoder',
  'granite-code:3b': 'starCoder',
  'ibm-granite/granite-8b-code-base': 'starCoder',
  'granite3.3:8b': 'qwen',
  'granite4:350m': 'qwen',
  'bigcode/santacoder': 'santaCoder',
  'ByteDance-Seed/Seed-Coder-8B-Base': 'seedCoder',
  'deepseek-coder:6.7b-base': 'deepSeek',
  'deepseek-coder-v2:16b': 'deepSeek',
  'deepseek-r1:7b': undefined,
  'codellama:7b-code': 'codeLlama',
  'codellama/CodeLlama-13b-hf': 'codeLlama',
  'codellama:34b': undefined,
  'CodeLlama-7b-Python-hf': undefined,
  'codestral:22b': 'codestral',
  'mistralai/Codestral-22B-v0.1': 'codestral',
  'llama3.2:3b': undefined,
  '': undefined,
};

describe('servers/spellings', () => {
  for (const [name, spelling] of Object.entries(names)) {
    it(`takes ${name || 'no name'} for ${spelling ?? 'no model that fills in the middle'}`, () => {
      assert.equal(spellingByName(name), spelling);
    });
  }

  it('looks at a name of any length for a moment only', () => {
    const started = performance.now();
    spellingByName('granite-qwen-'.repeat(100_000));
    assert.ok(performance.now() - started < 1_000);
  });
});

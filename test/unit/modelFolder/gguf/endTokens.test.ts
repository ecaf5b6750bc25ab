import assert from 'node:assert/strict';
import { readEndTokens } from '../../../../src/modelFolder/gguf/endTokens';
import { GgufMetadata } from '../../../../src/modelFolder/gguf/metadata';

const read = (tokens: readonly string[], entries: Readonly<Record<string, number | boolean>>) =>
  readEndTokens(
    new GgufMetadata({
      path: 'model.gguf',
      metadata: new Map<string, number | boolean | string[]>([
        ['tokenizer.ggml.tokens', [...tokens]],
        ...Object.entries(entries).map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const),
      ]),
    }),
  );

describe('tokens at the ends of texts', () => {
  it('end turns where the file names that of a tuned model', () => {
    assert.deepEqual(read(['<|endoftext|>', '<|im_end|>', 'a'], { eos_token_id: 1, bos_token_id: 1 }), {
      endOfText: '<|endoftext|>',
      endOfTurn: '<|im_end|>',
    });
  });

  it('end texts where the model is not tuned', () => {
    assert.deepEqual(read(['a', '<|endoftext|>'], { eos_token_id: 1 }), { endOfText: '<|endoftext|>' });
    assert.deepEqual(read(['a', '</s>'], { eos_token_id: 1 }), { endOfText: '</s>' });
  });

  it('end turns where the file says which', () => {
    assert.deepEqual(read(['<eos>', '<turn>'], { eos_token_id: 0, eot_token_id: 1 }), {
      endOfText: '<eos>',
      endOfTurn: '<turn>',
    });
  });

  it('begin texts where the file says that they do', () => {
    assert.deepEqual(read(['<s>', 'a'], { bos_token_id: 0, add_bos_token: true }), { beginOfText: '<s>' });
    assert.deepEqual(read(['<s>', 'a'], { bos_token_id: 0 }), {});
  });

  it('are left out where they are not in the vocabulary', () => {
    assert.deepEqual(read(['a'], { eos_token_id: 7 }), {});
  });
});

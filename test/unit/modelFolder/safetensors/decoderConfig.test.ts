import assert from 'node:assert/strict';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { readDecoderConfig } from '../../../../src/modelFolder/safetensors/decoderConfig';

const llama = {
  model_type: 'llama',
  vocab_size: 100,
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 6,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
};
const read = (changes: object) => readDecoderConfig('/folder', { ...llama, ...changes });
const shapeOf = (changes: object) => read(changes).shape;

describe('the configuration of a decoder', () => {
  it('gives the sizes of its graph', () => {
    assert.deepEqual(read({}), {
      family: { norm: 'rootMeanSquare', activation: 'silu', activationNames: ['silu', 'swish'] },
      architecture: 'llama',
      tied: false,
      shape: {
        vocabularySize: 100,
        width: 64,
        layers: 6,
        heads: 4,
        kvHeads: 2,
        headSize: 16,
        hidden: 128,
        contextLength: 512,
        ropeBase: 10_000,
        normEpsilon: 1e-5,
        norm: 'rootMeanSquare',
        activation: 'silu',
      },
    });
    assert.equal(shapeOf({ num_key_value_heads: null }).kvHeads, 4);
    assert.equal(shapeOf({ head_dim: 32 }).headSize, 32);
    assert.equal(shapeOf({ model_type: 'qwen3' }).headSize, 128);
    assert.equal(read({ model_type: 'gemma' }).tied, true);
    assert.equal(shapeOf({ model_type: 'gemma', hidden_act: 'gelu' }).activation, 'geluTanh');
  });

  it('says the same of the rotation in the older and in the newer spelling', () => {
    const stretched = { factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 32 };
    const spellings = [
      { rope_theta: 50_000, rope_scaling: { rope_type: 'llama3', ...stretched } },
      { rope_theta: 50_000, rope_scaling: { type: 'llama3', ...stretched } },
      { rope_parameters: { rope_theta: 50_000, rope_type: 'llama3', ...stretched } },
    ];
    const [first, ...others] = spellings.map(shapeOf);
    assert.equal(first?.ropeBase, 50_000);
    // Short waves stay as they are, long ones become eight times as long.
    const factors = [...(first.ropeFactors ?? [])];
    assert.deepEqual([factors[0], factors.at(-1)], [1, 8]);
    assert.ok(factors.every((factor, at) => at === 0 || factor >= (factors[at - 1] ?? 0)));
    for (const other of others) assert.deepEqual(other, first);
    assert.deepEqual(
      [...(shapeOf({ rope_scaling: { type: 'linear', factor: 4 } }).ropeFactors ?? [])],
      new Array(8).fill(4),
    );
  });

  it('says which layers look back a window only', () => {
    const windowOf = (changes: object) => {
      const window = shapeOf({ sliding_window: 16, ...changes }).window;
      return window && [window.tokens, window.every, window.ropeBase];
    };
    assert.equal(windowOf({}), undefined);
    assert.deepEqual(windowOf({ model_type: 'mistral' }), [16, undefined, 10_000]);
    assert.equal(windowOf({ model_type: 'mistral', sliding_window: null }), undefined);
    assert.equal(windowOf({ model_type: 'qwen2', use_sliding_window: false }), undefined);
    assert.equal(windowOf({ model_type: 'qwen2', use_sliding_window: true, max_window_layers: 6 }), undefined);
    assert.deepEqual(windowOf({ model_type: 'qwen2', use_sliding_window: true, max_window_layers: 0 }), [
      16,
      undefined,
      10_000,
    ]);
    assert.deepEqual(windowOf({ model_type: 'gemma2' }), [16, 2, 10_000]);
    assert.deepEqual(windowOf({ model_type: 'gemma3_text' }), [16, 6, 10_000]);
    assert.deepEqual(
      windowOf({ model_type: 'gemma3_text', sliding_window_pattern: 3, rope_local_base_freq: 5000 }),
      [16, 3, 5000],
    );
    const [near, far] = ['sliding_attention', 'full_attention'];
    assert.deepEqual(
      windowOf({ model_type: 'gemma2', layer_types: [near, near, far, near, near, far] }),
      [16, 3, 10_000],
    );
    const [all, some] = ['full_attention', 'sliding_attention'].map((kind) => ({
      rope_theta: kind === 'full_attention' ? 1e6 : 2e4,
      rope_type: 'default',
    }));
    const nested = { rope_parameters: { full_attention: all, sliding_attention: some } };
    assert.deepEqual(windowOf({ model_type: 'gemma3_text', ...nested }), [16, 6, 2e4]);
    assert.equal(shapeOf({ model_type: 'gemma3_text', ...nested }).ropeBase, 1e6);
  });

  const refusals: Readonly<Record<string, readonly [changes: object, sentence: RegExp]>> = {
    'another family': [{ model_type: 'mamba' }, /names the family "mamba"/],
    'no family': [{ model_type: 7 }, /names the family "unknown"/],
    'a size that is missing': [{ hidden_size: undefined }, /hidden_size is missing/],
    'a size that is none': [{ vocab_size: 1.5 }, /vocab_size should be/],
    'more layers than any model': [{ num_hidden_layers: 1e6 }, /num_hidden_layers should be/],
    'heads that cannot share': [{ num_key_value_heads: 3 }, /4 heads cannot share 3/],
    'heads of no whole size': [{ num_attention_heads: 6, num_key_value_heads: 6 }, /6 heads cannot share/],
    'another activation': [{ hidden_act: 'relu' }, /activation "relu" is not known/],
    'weights that are quantized': [
      { quantization_config: { quant_method: 'gptq' } },
      /quantized in a way of their own/,
    ],
    'a context that no memory holds': [{ max_position_embeddings: 2 ** 21 }, /its context has 2097152 tokens/],
    'a context stretched by the length of a text': [
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      /stretched by the method "yarn"/,
    ],
    'a method that lacks a number': [{ rope_scaling: { type: 'linear' } }, /how far its context is stretched/],
    'heads that are rotated in part': [{ partial_rotary_factor: 0.5 }, /rotated in part/],
    'attention that looks ahead': [{ model_type: 'gemma3_text', use_bidirectional_attention: true }, /looks ahead/],
    'windows in no known order': [
      { model_type: 'qwen2', sliding_window: 16, use_sliding_window: true, max_window_layers: 3 },
      /in an order that is not known/,
    ],
    'other layers than there are': [
      { model_type: 'gemma2', sliding_window: 16, layer_types: ['full_attention'] },
      /lists the kinds of 1 layers, and there are 6/,
    ],
  };
  for (const [title, [changes, sentence]] of Object.entries(refusals))
    it(`is refused in one sentence where there is: ${title}`, () => {
      assert.throws(
        () => read(changes),
        (error) => {
          assert.ok(error instanceof EngineError && error.code === 'modelInvalid', String(error));
          assert.match(error.message, sentence);
          assert.match(error.message, /^[^\n]*; choose another model\.$/);
          return true;
        },
      );
    });
});

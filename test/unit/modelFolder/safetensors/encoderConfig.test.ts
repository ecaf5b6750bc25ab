import assert from 'node:assert/strict';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { readEncoderShape } from '../../../../src/modelFolder/safetensors/encoderConfig';

const sizes = {
  vocab_size: 100,
  hidden_size: 48,
  intermediate_size: 96,
  num_hidden_layers: 4,
  num_attention_heads: 3,
  max_position_embeddings: 512,
};
const bert = { ...sizes, model_type: 'bert', hidden_act: 'gelu', type_vocab_size: 2, layer_norm_eps: 1e-12 };
const modernBert = { ...sizes, model_type: 'modernbert' };
const read = (json: object) => readEncoderShape('/folder', json);
const shared = { vocabulary: 100, width: 48, layers: 4, heads: 3, feedForward: 96, positions: 512 };

describe('the configuration of an encoder', () => {
  it('gives the sizes of a BERT', () =>
    assert.deepEqual(read(bert), { ...shared, family: 'bert', types: 2, epsilon: 1e-12 }));

  it('gives the sizes of a ModernBERT, and what is usual where it does not say', () => {
    const usual = {
      ...shared,
      family: 'modernbert',
      epsilon: 1e-5,
      isLocal: [false, true, true, false],
      reach: 64,
      ropeBase: 160_000,
      localRopeBase: 10_000,
    };
    assert.deepEqual(read(modernBert), usual);
    const older = { global_attn_every_n_layers: 2, local_attention: 33, global_rope_theta: 5e4, local_rope_theta: 2e4 };
    const [all, near] = ['full_attention', 'sliding_attention'] as const;
    const newer = {
      layer_types: [all, near, all, near],
      local_attention: 33,
      rope_parameters: { [all]: { rope_theta: 5e4, rope_type: 'default' }, [near]: { rope_theta: 2e4 } },
    };
    const isLocal = [false, true, false, true];
    for (const config of [older, newer])
      assert.deepEqual(read({ ...modernBert, ...config }), {
        ...usual,
        isLocal,
        reach: 16,
        ropeBase: 5e4,
        localRopeBase: 2e4,
      });
  });

  const refusals: Readonly<Record<string, readonly [json: object, sentence: RegExp]>> = {
    'another family': [{ ...bert, model_type: 'mpnet\n' }, /model_type/],
    'another activation': [{ ...modernBert, hidden_activation: 'silu' }, /hidden_activation should be "gelu"/],
    biases: [{ ...modernBert, mlp_bias: true }, /mlp_bias should be false/],
    'a context that is stretched': [
      { ...modernBert, rope_parameters: { full_attention: { rope_type: 'yarn' } } },
      /rope_type should be "default"/,
    ],
    'a size that is none': [{ ...modernBert, vocab_size: 0 }, /vocab_size should be/],
    'heads that cannot share the width': [{ ...modernBert, num_attention_heads: 5 }, /5 heads cannot share/],
    'heads that cannot be rotated': [{ ...modernBert, num_attention_heads: 16 }, /heads of 3 numbers/],
    'other layers than there are': [
      { ...modernBert, layer_types: ['full_attention'] },
      /kinds of 1 layers, and there are 4/,
    ],
  };
  for (const [title, [json, sentence]] of Object.entries(refusals))
    it(`is refused in one sentence where there is: ${title}`, () => {
      assert.throws(
        () => read(json),
        (error) => {
          assert.ok(error instanceof EngineError && error.code === 'modelInvalid', String(error));
          assert.match(error.message, sentence);
          assert.match(error.message, /^[^\n]*\.$/);
          return true;
        },
      );
    });
});

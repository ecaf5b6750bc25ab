import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { windowOf } from '../../../../src/modelFolder/decoderWeights';
import type { DecoderWeights } from '../../../../src/modelFolder/decoderWeights';
import { readDecoderWeights } from '../../../../src/modelFolder/gguf/decoder';
import { GgufTensors } from '../../../../src/modelFolder/gguf/tensors';
import { readWhole } from '../../../../src/modelFolder/weightMatrix';
import { makeFolder } from '../../../support/folder';
import { ggufFloats, ggufHead, ggufPadded, ggufValue } from '../../../support/gguf';

/** Two query heads of four numbers, which share one of keys and values. */
const sizes = { width: 4, heads: 2, kvHeads: 1, headSize: 4, hidden: 6 };
const counts = {
  embedding_length: sizes.width,
  block_count: 1,
  feed_forward_length: sizes.hidden,
  context_length: 64,
  'attention.head_count': sizes.heads,
  'attention.head_count_kv': sizes.kvHeads,
  'attention.key_length': sizes.headSize,
  'attention.value_length': sizes.headSize,
};
const inner = sizes.heads * sizes.headSize;
const matrices: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  'token_embd.weight': [3, sizes.width],
  'output_norm.weight': [1, sizes.width],
  'blk.0.attn_norm.weight': [1, sizes.width],
  'blk.0.attn_q.weight': [inner, sizes.width],
  'blk.0.attn_k.weight': [sizes.headSize, sizes.width],
  'blk.0.attn_v.weight': [sizes.headSize, sizes.width],
  'blk.0.attn_output.weight': [sizes.width, inner],
  'blk.0.ffn_norm.weight': [1, sizes.width],
  'blk.0.ffn_gate.weight': [sizes.hidden, sizes.width],
  'blk.0.ffn_up.weight': [sizes.hidden, sizes.width],
  'blk.0.ffn_down.weight': [sizes.width, sizes.hidden],
};

interface Changes {
  readonly family?: string;
  readonly metadata?: Readonly<Record<string, Buffer>>;
  /** Rows and columns; undefined: without that tensor. */
  readonly tensors?: Readonly<Record<string, readonly [number, number] | undefined>>;
  readonly type?: number;
  /** Instead of the number of its row. */
  readonly value?: number;
}

/** A decoder whose matrices hold the numbers of their rows. */
async function read({
  family = 'llama',
  metadata = {},
  tensors = {},
  type = 0,
  value,
}: Changes): Promise<DecoderWeights> {
  const all = Object.entries({ ...matrices, ...tensors }).filter((entry) => entry[1] !== undefined) as [
    string,
    [number, number],
  ][];
  const head = ggufHead(
    {
      'general.architecture': ggufValue.text(family),
      ...Object.fromEntries(
        Object.entries(counts).map(([key, count]) => [`${family}.${key}`, ggufValue.uint32(count)]),
      ),
      'tokenizer.ggml.tokens': ggufValue.texts(['a', 'b', 'c']),
      ...metadata,
    },
    all.map(([name, [rows, columns]]) => ({
      name,
      sizes: rows === 1 ? [columns] : [columns, rows],
      type,
      bytes: 4 * rows * columns,
    })),
  );
  const values = all.map(([, [rows, columns]]) =>
    ggufPadded(ggufFloats(Array.from({ length: rows * columns }, (_, at) => value ?? Math.floor(at / columns)))),
  );
  const path = join(makeFolder(), 'model.gguf');
  writeFileSync(path, Buffer.concat([head, ...values]));
  const opened = await GgufTensors.open(path);
  try {
    const weights = await readDecoderWeights(opened);
    for (const matrix of [weights.embedding, ...weights.layers.flatMap(({ query, down }) => [query, down])])
      await readWhole(matrix);
    return { ...weights, layers: [{ ...weights.layers[0]!, query: kept(await readWhole(weights.layers[0]!.query)) }] };
  } finally {
    await opened.close();
  }
}

/** A matrix that outlives its file. */
const kept = (values: Float32Array) => ({
  name: '',
  rows: inner,
  columns: sizes.width,
  async *stripes() {
    yield await Promise.resolve(values);
  },
});

async function firstColumn(weights: DecoderWeights): Promise<number[]> {
  const values = await readWhole(weights.layers[0]!.query);
  return Array.from({ length: inner }, (_, row) => values[row * sizes.width]!);
}

describe('a layer of a decoder', () => {
  it('looks back all the way where it is the last of so many, or where no layer has a window', () => {
    const window = { tokens: 16, ropeBase: 10_000 };
    const withWindow = (every: number | undefined) =>
      [0, 1, 2, 3, 4, 5].filter((layer) => windowOf(layer, { ...window, every }) !== undefined);
    assert.deepEqual(
      [withWindow(2), withWindow(6), withWindow(undefined)],
      [
        [0, 2, 4],
        [0, 1, 2, 3, 4],
        [0, 1, 2, 3, 4, 5],
      ],
    );
    assert.equal(windowOf(0, undefined), undefined);
  });
});

describe('a decoder in a GGUF file', () => {
  it('is a Gemma whose vectors grow, with a window in five of six layers, and limits where they are due', async () => {
    const { shape } = await read({
      family: 'gemma3',
      metadata: { 'gemma3.attention.sliding_window': ggufValue.uint32(16) },
      tensors: {
        'blk.0.post_attention_norm.weight': [1, sizes.width],
        'blk.0.post_ffw_norm.weight': [1, sizes.width],
      },
    });
    assert.deepEqual(
      [shape.activation, shape.embeddingScale, shape.window, shape.attentionLimit],
      ['geluTanh', 2, { tokens: 16, every: 6, ropeBase: 10_000 }, undefined],
    );
  });

  it('is a Phi whose queries, keys and values, and gate and up, lie in one tensor each', async () => {
    const none = Object.fromEntries(
      ['attn_q', 'attn_k', 'attn_v', 'ffn_gate'].map((part) => [`blk.0.${part}.weight`, undefined]),
    );
    const weights = await read({
      family: 'phi3',
      tensors: {
        ...none,
        'blk.0.attn_qkv.weight': [inner + 2 * sizes.headSize, sizes.width],
        'blk.0.ffn_up.weight': [2 * sizes.hidden, sizes.width],
      },
    });
    assert.deepEqual(await firstColumn(weights), [0, 1, 2, 3, 4, 5, 6, 7]);
    const { gate, up } = weights.layers[0]!;
    assert.deepEqual([gate?.rows, up.rows], [sizes.hidden, sizes.hidden]);
  });

  it('has the sizes that the file says', async () => {
    const { shape, head } = await read({});
    assert.deepEqual(shape, {
      activation: 'silu',
      ...sizes,
      vocabularySize: 3,
      layers: 1,
      contextLength: 64,
      ropeBase: 10_000,
      normEpsilon: 1e-5,
      norm: 'rootMeanSquare',
    });
    assert.equal(head, undefined);
  });

  it('has the rows of LLaMA in the order for rotation of halves', async () => {
    assert.deepEqual(await firstColumn(await read({})), [0, 2, 1, 3, 4, 6, 5, 7]);
  });

  it('has the rows of Qwen as they are', async () => {
    for (const family of ['qwen2', 'qwen3'])
      assert.deepEqual(await firstColumn(await read({ family })), [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('has biases, norms of heads and a head of its own where the file has them', async () => {
    const weights = await read({
      family: 'qwen3',
      tensors: { 'output.weight': [3, 4], 'blk.0.attn_q.bias': [1, inner], 'blk.0.attn_k_norm.weight': [1, 4] },
    });
    const [layer] = weights.layers;
    assert.deepEqual(
      [weights.head?.rows, layer?.queryBias?.length, layer?.keyBias, layer?.keyNorm?.length, layer?.queryNorm],
      [3, inner, undefined, 4, undefined],
    );
  });

  const refused: Readonly<Record<string, readonly [changes: Changes, sentence: RegExp]>> = {
    'another family': [{ family: 'mamba' }, /it holds a model of the family "mamba"/],
    'a family that objects have': [{ family: 'constructor' }, /it holds a model of the family "constructor"/],
    'a tensor less': [{ tensors: { 'blk.0.ffn_up.weight': undefined } }, /has no tensor blk\.0\.ffn_up\.weight/],
    'a tensor more': [
      { tensors: { 'blk.0.ffn_gate_inp.weight': [2, 4] } },
      /has a tensor blk\.0\.ffn_gate_inp\.weight, which/,
    ],
    'biases that LLaMA does not have': [
      { tensors: { 'blk.0.attn_q.bias': [1, 8] } },
      /has a tensor blk\.0\.attn_q\.bias, which/,
    ],
    'another shape': [{ tensors: { 'blk.0.attn_k.weight': [8, 4] } }, /has the shape 8 × 4 instead of 4 × 4/],
    'a format that is not understood': [{ type: 21 }, /is stored as IQ3_S, which is not understood/],
    'a number that is none': [{ value: NaN }, /holds a number that is not finite/],
    'no size': [{ metadata: { 'llama.block_count': ggufValue.text('one') } }, /llama\.block_count is not a number/],
    'a size of 0': [{ metadata: { 'llama.embedding_length': ggufValue.uint32(0) } }, /llama\.embedding_length is 0/],
    'no tokens': [{ metadata: { 'tokenizer.ggml.tokens': ggufValue.int32s([1]) } }, /tokens is no list of texts/],
    'heads that cannot be shared': [
      { metadata: { 'llama.attention.head_count_kv': ggufValue.uint32(3) } },
      /2 heads cannot share 3/,
    ],
    'heads that are rotated in part': [
      { metadata: { 'llama.rope.dimension_count': ggufValue.uint32(2) } },
      /not rotated as a whole/,
    ],
    'a stretched context': [
      { metadata: { 'llama.rope.scaling.type': ggufValue.text('yarn') } },
      /stretched by the method "yarn"/,
    ],
    'a context that no memory holds': [
      { metadata: { 'llama.context_length': ggufValue.uint32(2 ** 30) } },
      /has 1073741824 tokens/,
    ],
    'a sliding window': [
      { metadata: { 'llama.attention.sliding_window': ggufValue.uint32(16) } },
      /looks back a shorter way/,
    ],
  };
  for (const [what, [changes, sentence]] of Object.entries(refused)) {
    it(`is refused: ${what}`, async () => {
      await assert.rejects(read(changes), (error: Error) => {
        assert.equal(error.name, 'EngineError');
        assert.match(error.message, sentence);
        assert.match(error.message, /^[^\n]*\.$/);
        return true;
      });
    });
  }
});

import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { DecoderShape } from './shape';
import { ggufFloats, ggufHead, ggufPadded, ggufValue } from '../gguf';
import type { GgufTensorInfo } from '../gguf';
import { blockSize, randomMatrices } from './weights';
import type { Matrix } from './weights';

/** Numbers of formats (`ggml_type` of ggml.h). */
const tensorTypes = { f32: 0, q4_0: 2 } as const;

/**
 * Writes the decoder that `writeOnnx` writes as GGUF with Q4_0 weights: the same numbers in other places.
 *
 * @returns path of the file
 */
export function writeGguf(folder: string, shape: DecoderShape): string {
  const path = join(folder, 'model.gguf');
  const infos = [...tensorInfos(shape)];
  const header = writeHeader(shape, infos);
  const file = openSync(path, 'w');
  writeSync(file, header);
  const norm = ggufFloats(new Array<number>(shape.hidden).fill(1));
  const matrices = randomMatrices(shape);
  for (const { type } of infos) {
    const next = type === tensorTypes.f32 ? undefined : (matrices.next().value as Matrix);
    writeSync(file, ggufPadded(next ? packBlocks(rotatedOtherwise(next, shape)) : norm));
  }
  closeSync(file);
  return path;
}

/** Matrices in the order that they are made in, and the norms behind them. */
function* tensorInfos(shape: DecoderShape): Generator<GgufTensorInfo> {
  const { hidden, heads, keyValueHeads, headSize, feedForward, vocabulary, layers } = shape;
  const matrix = (name: string, rows: number, columns: number): GgufTensorInfo => ({
    name: `${name}.weight`,
    sizes: [columns, rows],
    type: tensorTypes.q4_0,
    bytes: ((rows * columns) / blockSize) * (2 + blockSize / 2),
  });
  const norm = (name: string): GgufTensorInfo => ({
    name: `${name}.weight`,
    sizes: [hidden],
    type: tensorTypes.f32,
    bytes: 4 * hidden,
  });
  yield matrix('token_embd', vocabulary, hidden);
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string) => `blk.${layer}.${part}`;
    yield matrix(name('attn_q'), heads * headSize, hidden);
    yield matrix(name('attn_k'), keyValueHeads * headSize, hidden);
    yield matrix(name('attn_v'), keyValueHeads * headSize, hidden);
    yield matrix(name('attn_output'), hidden, heads * headSize);
    yield matrix(name('ffn_gate'), feedForward, hidden);
    yield matrix(name('ffn_up'), feedForward, hidden);
    yield matrix(name('ffn_down'), hidden, feedForward);
    yield norm(name('attn_norm'));
    yield norm(name('ffn_norm'));
  }
  yield norm('output_norm');
}

function writeHeader(shape: DecoderShape, infos: readonly GgufTensorInfo[]): Buffer {
  const counts = {
    'general.file_type': 2,
    'llama.block_count': shape.layers,
    'llama.context_length': shape.contextLength,
    'llama.embedding_length': shape.hidden,
    'llama.feed_forward_length': shape.feedForward,
    'llama.attention.head_count': shape.heads,
    'llama.attention.head_count_kv': shape.keyValueHeads,
    'llama.rope.dimension_count': shape.headSize,
    'llama.vocab_size': shape.vocabulary,
    'tokenizer.ggml.bos_token_id': 0,
    'tokenizer.ggml.eos_token_id': 0,
  };
  const ids = Array.from({ length: shape.vocabulary }, (_, id) => id);
  return ggufHead(
    {
      'general.architecture': ggufValue.text('llama'),
      'general.name': ggufValue.text('random'),
      ...Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, ggufValue.uint32(value)])),
      'llama.attention.layer_norm_rms_epsilon': ggufValue.float32(shape.normEpsilon),
      'llama.rope.freq_base': ggufValue.float32(shape.rotationBase),
      'tokenizer.ggml.model': ggufValue.text('gpt2'),
      'tokenizer.ggml.pre': ggufValue.text('gpt-2'),
      'tokenizer.ggml.tokens': ggufValue.texts(ids.map((id) => (id < 94 ? String.fromCharCode(33 + id) : `t${id}`))),
      'tokenizer.ggml.merges': ggufValue.texts(['! "']),
      'tokenizer.ggml.token_type': ggufValue.int32s(ids.map(() => 1)),
    },
    infos,
  );
}

/** llama.cpp rotates neighbouring values of a head, ONNX Runtime those of its two halves: rows trade places. */
function rotatedOtherwise(matrix: Matrix, { headSize }: DecoderShape): Matrix {
  if (!/\.(query|key)$/.test(matrix.name)) return matrix;
  const { rows, columns } = matrix;
  const nibbles = new Uint8Array(matrix.nibbles.length);
  const scales = new Float32Array(matrix.scales.length);
  const blocks = columns / blockSize;
  for (let row = 0; row < rows; row++) {
    const within = row % headSize;
    const from = row - within + (within % 2) * (headSize / 2) + Math.floor(within / 2);
    nibbles.set(matrix.nibbles.subarray(from * columns, (from + 1) * columns), row * columns);
    scales.set(matrix.scales.subarray(from * blocks, (from + 1) * blocks), row * blocks);
  }
  return { ...matrix, nibbles, scales };
}

/** Blocks of Q4_0: a half-precision scale, then the first half of the weights in lower halves of bytes, the second in upper. */
function packBlocks({ nibbles, scales }: Matrix): Buffer {
  const half = blockSize / 2;
  const packed = Buffer.alloc(scales.length * (2 + half));
  for (const [block, scale] of scales.entries()) {
    const to = block * (2 + half);
    packed.writeUInt16LE(halfBits(scale), to);
    for (let at = 0; at < half; at++) {
      const from = block * blockSize + at;
      packed[to + 2 + at] = (nibbles[from] as number) | ((nibbles[from + half] as number) << 4);
    }
  }
  return packed;
}

/** The bits of a positive normal number that half precision holds exactly. */
function halfBits(value: number): number {
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | ((value / 2 ** exponent - 1) * 1024);
}

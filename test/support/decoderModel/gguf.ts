import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { DecoderShape } from './shape';
import { blockSize, randomMatrices } from './weights';
import type { Matrix } from './weights';

/** Numbers of the GGUF format (ggml/docs/gguf.md): value types of metadata, and types of tensors. */
const valueTypes = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 } as const;
const tensorTypes = { f32: 0, q4_0: 2 } as const;
const alignment = 32;

interface TensorInfo {
  readonly name: string;
  /** The innermost dimension first. */
  readonly sizes: readonly number[];
  readonly type: number;
  readonly bytes: number;
}

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
  const norm = floats(new Array<number>(shape.hidden).fill(1));
  const matrices = randomMatrices(shape);
  for (const { type } of infos) {
    const next = type === tensorTypes.f32 ? undefined : (matrices.next().value as Matrix);
    writeSync(file, padded(next ? packBlocks(rotatedOtherwise(next, shape)) : norm));
  }
  closeSync(file);
  return path;
}

/** Matrices in the order that they are made in, and the norms behind them. */
function* tensorInfos(shape: DecoderShape): Generator<TensorInfo> {
  const { hidden, heads, keyValueHeads, headSize, feedForward, vocabulary, layers } = shape;
  const matrix = (name: string, rows: number, columns: number): TensorInfo => ({
    name: `${name}.weight`,
    sizes: [columns, rows],
    type: tensorTypes.q4_0,
    bytes: ((rows * columns) / blockSize) * (2 + blockSize / 2),
  });
  const norm = (name: string): TensorInfo => ({
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

function writeHeader(shape: DecoderShape, infos: readonly TensorInfo[]): Buffer {
  const pieces: Buffer[] = [];
  const u32 = (value: number) => {
    const piece = Buffer.alloc(4);
    piece.writeUInt32LE(value);
    return piece;
  };
  const u64 = (value: number) => {
    const piece = Buffer.alloc(8);
    piece.writeBigUInt64LE(BigInt(value));
    return piece;
  };
  const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
  const entry = (key: string, type: number, ...value: Buffer[]) => Buffer.concat([text(key), u32(type), ...value]);
  const strings = (key: string, values: readonly string[]) =>
    entry(key, valueTypes.array, u32(valueTypes.string), u64(values.length), Buffer.concat(values.map(text)));

  const entries = [
    entry('general.architecture', valueTypes.string, text('llama')),
    entry('general.name', valueTypes.string, text('random')),
    ...Object.entries({
      'general.alignment': alignment,
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
    }).map(([key, value]) => entry(key, valueTypes.uint32, u32(value))),
    entry('llama.attention.layer_norm_rms_epsilon', valueTypes.float32, floats([shape.normEpsilon])),
    entry('llama.rope.freq_base', valueTypes.float32, floats([shape.rotationBase])),
    entry('tokenizer.ggml.model', valueTypes.string, text('gpt2')),
    entry('tokenizer.ggml.pre', valueTypes.string, text('gpt-2')),
    strings(
      'tokenizer.ggml.tokens',
      Array.from({ length: shape.vocabulary }, (_, id) => (id < 94 ? String.fromCharCode(33 + id) : `t${id}`)),
    ),
    strings('tokenizer.ggml.merges', ['! "']),
    entry(
      'tokenizer.ggml.token_type',
      valueTypes.array,
      u32(valueTypes.int32),
      u64(shape.vocabulary),
      Buffer.from(new Int32Array(shape.vocabulary).fill(1).buffer),
    ),
  ];
  pieces.push(Buffer.from('GGUF'), u32(3), u64(infos.length), u64(entries.length), ...entries);
  let offset = 0;
  for (const { name, sizes, type, bytes } of infos) {
    pieces.push(text(name), u32(sizes.length), ...sizes.map(u64), u32(type), u64(offset));
    offset += Math.ceil(bytes / alignment) * alignment;
  }
  return padded(Buffer.concat(pieces));
}

const floats = (values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

function padded(bytes: Buffer): Buffer {
  const spare = -bytes.length & (alignment - 1);
  return spare === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(spare)]);
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

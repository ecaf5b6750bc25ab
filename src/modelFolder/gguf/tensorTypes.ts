/**
 * The formats in which GGUF files store values, and how each becomes float32. Pure functions over bytes; who reads the
 * bytes is `TensorReader`.
 *
 * Layouts: `block_*` of ggml-common.h in https://github.com/ggml-org/ggml; numbers of formats: `ggml_type` of ggml.h.
 */
import { bfloat16ToNumber, halfToNumber } from '../../common/halfPrecision';
import type { OffsetBlocks, StoredBlocks } from '../weightMatrix';
import { storedBlockLength } from '../weightMatrix';
import { q4K, q4KBytes, q5K, q5KBytes, q6K, q6KBytes, superBlockLength, unpackQ4K } from './superBlocks';

/**
 * Writes the values of whole blocks.
 *
 * @param bytes blocks, one behind another
 * @param values one for each value of the blocks; written from the start
 */
export type Dequantize = (bytes: DataView, values: Float32Array) => void;

export interface TensorType {
  readonly name: string;
  /** Values in a block; rows hold whole blocks. */
  readonly blockLength: number;
  readonly blockBytes: number;
  readonly dequantize: Dequantize;
  /** Of formats that are codes with a scale for each 32, or of 4 bits with a scale and an offset, which can be kept. */
  readonly codes?: Pick<StoredBlocks, 'bits' | 'hasOffsets'> & { readonly unpack: UnpackCodes };
}

/** Writes codes, scales and, where the format has them, offsets of whole blocks: see {@link StoredBlocks}. */
export type UnpackCodes = (bytes: DataView, into: OffsetBlocks) => void;

/** Values of a block of the formats Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0. */
const length = storedBlockLength;
const half = length / 2;

const float32: Dequantize = (bytes, values) => {
  for (let at = 0; at < values.length; at++) values[at] = bytes.getFloat32(4 * at, true);
};

const float16: Dequantize = (bytes, values) => {
  for (let at = 0; at < values.length; at++) values[at] = halfToNumber(bytes.getUint16(2 * at, true));
};

const bfloat16: Dequantize = (bytes, values) => {
  for (let at = 0; at < values.length; at++) values[at] = bfloat16ToNumber(bytes.getUint16(2 * at, true));
};

/** scale · (code − 8): float16 scale, 16 bytes with the first half's codes in their lower and the second's in their upper halves. */
const q4_0: Dequantize = (bytes, values) => {
  for (let at = 0, from = 0; at < values.length; at += length, from += 2 + half) {
    const scale = halfToNumber(bytes.getUint16(from, true));
    for (let code = 0; code < half; code++) {
      const pair = bytes.getUint8(from + 2 + code);
      values[at + code] = scale * ((pair & 15) - 8);
      values[at + half + code] = scale * ((pair >> 4) - 8);
    }
  }
};

/** scale · code + least: float16 scale, float16 least value, codes as in Q4_0. */
const q4_1: Dequantize = (bytes, values) => {
  for (let at = 0, from = 0; at < values.length; at += length, from += 4 + half) {
    const scale = halfToNumber(bytes.getUint16(from, true));
    const least = halfToNumber(bytes.getUint16(from + 2, true));
    for (let code = 0; code < half; code++) {
      const pair = bytes.getUint8(from + 4 + code);
      values[at + code] = scale * (pair & 15) + least;
      values[at + half + code] = scale * (pair >> 4) + least;
    }
  }
};

/** scale · (code − 16): float16 scale, the 32 fifth bits, the rest of the codes as in Q4_0. */
const q5_0: Dequantize = (bytes, values) => {
  for (let at = 0, from = 0; at < values.length; at += length, from += 6 + half) {
    const scale = halfToNumber(bytes.getUint16(from, true));
    const fifths = bytes.getUint32(from + 2, true);
    for (let code = 0; code < half; code++) {
      const pair = bytes.getUint8(from + 6 + code);
      values[at + code] = scale * (((pair & 15) | (((fifths >>> code) & 1) << 4)) - 16);
      values[at + half + code] = scale * (((pair >> 4) | (((fifths >>> (half + code)) & 1) << 4)) - 16);
    }
  }
};

/** scale · code + least: float16 scale, float16 least value, bits as in Q5_0. */
const q5_1: Dequantize = (bytes, values) => {
  for (let at = 0, from = 0; at < values.length; at += length, from += 8 + half) {
    const scale = halfToNumber(bytes.getUint16(from, true));
    const least = halfToNumber(bytes.getUint16(from + 2, true));
    const fifths = bytes.getUint32(from + 4, true);
    for (let code = 0; code < half; code++) {
      const pair = bytes.getUint8(from + 8 + code);
      values[at + code] = scale * ((pair & 15) | (((fifths >>> code) & 1) << 4)) + least;
      values[at + half + code] = scale * ((pair >> 4) | (((fifths >>> (half + code)) & 1) << 4)) + least;
    }
  }
};

/** scale · code: float16 scale, 32 signed bytes. */
const q8_0: Dequantize = (bytes, values) => {
  for (let at = 0, from = 0; at < values.length; at += length, from += 2 + length) {
    const scale = halfToNumber(bytes.getUint16(from, true));
    for (let code = 0; code < length; code++) values[at + code] = scale * bytes.getInt8(from + 2 + code);
  }
};

/** Sixteen bytes from `from` on as the codes of a block, neighbours in one byte. */
function pairNeighbours(bytes: DataView, from: number, codes: Uint8Array, block: number): void {
  for (let pair = 0; pair < half / 2; pair++) {
    const [one, next] = [bytes.getUint8(from + 2 * pair), bytes.getUint8(from + 2 * pair + 1)];
    codes[half * block + pair] = (one & 15) | ((next & 15) << 4);
    codes[half * block + half / 2 + pair] = (one >> 4) | (next & 0xf0);
  }
}

/** The same codes as in {@link q4_0}. */
const unpackQ4_0: UnpackCodes = (bytes, { codes, scales }) => {
  for (let block = 0, from = 0; block < scales.length; block++, from += 2 + half) {
    scales[block] = halfToNumber(bytes.getUint16(from, true));
    pairNeighbours(bytes, from + 2, codes, block);
  }
};

/** The same codes and least values as in {@link q4_1}. */
const unpackQ4_1: UnpackCodes = (bytes, { codes, scales, offsets }) => {
  for (let block = 0, from = 0; block < scales.length; block++, from += 4 + half) {
    scales[block] = halfToNumber(bytes.getUint16(from, true));
    offsets[block] = halfToNumber(bytes.getUint16(from + 2, true));
    pairNeighbours(bytes, from + 4, codes, block);
  }
};

/** Those of {@link q5_0}, with room to spare. */
const unpackQ5_0: UnpackCodes = (bytes, { codes, scales }) => {
  for (let block = 0, from = 0; block < scales.length; block++, from += 6 + half) {
    scales[block] = halfToNumber(bytes.getUint16(from, true));
    const fifths = bytes.getUint32(from + 2, true);
    for (let code = 0; code < half; code++) {
      const pair = bytes.getUint8(from + 6 + code);
      codes[length * block + code] = 112 + ((pair & 15) | (((fifths >>> code) & 1) << 4));
      codes[length * block + half + code] = 112 + ((pair >> 4) | (((fifths >>> (half + code)) & 1) << 4));
    }
  }
};

const unpackQ8_0: UnpackCodes = (bytes, { codes, scales }) => {
  for (let block = 0, from = 0; block < scales.length; block++, from += 2 + length) {
    scales[block] = halfToNumber(bytes.getUint16(from, true));
    for (let code = 0; code < length; code++) codes[length * block + code] = 128 + bytes.getInt8(from + 2 + code);
  }
};

const type = (
  name: string,
  blockLength: number,
  blockBytes: number,
  dequantize: Dequantize,
  codes?: TensorType['codes'],
): TensorType => ({ name, blockLength, blockBytes, dequantize, ...(codes && { codes }) });

/** By the number that a file gives a format. */
export const tensorTypes: ReadonlyMap<number, TensorType> = new Map([
  [0, type('F32', 1, 4, float32)],
  [1, type('F16', 1, 2, float16)],
  [2, type('Q4_0', length, 2 + half, q4_0, { bits: 4, unpack: unpackQ4_0 })],
  [3, type('Q4_1', length, 4 + half, q4_1, { bits: 4, hasOffsets: true, unpack: unpackQ4_1 })],
  [6, type('Q5_0', length, 6 + half, q5_0, { bits: 8, unpack: unpackQ5_0 })],
  [7, type('Q5_1', length, 8 + half, q5_1)],
  [8, type('Q8_0', length, 2 + length, q8_0, { bits: 8, unpack: unpackQ8_0 })],
  [12, type('Q4_K', superBlockLength, q4KBytes, q4K, { bits: 4, hasOffsets: true, unpack: unpackQ4K })],
  [13, type('Q5_K', superBlockLength, q5KBytes, q5K)],
  [14, type('Q6_K', superBlockLength, q6KBytes, q6K)],
  [30, type('BF16', 1, 2, bfloat16)],
]);

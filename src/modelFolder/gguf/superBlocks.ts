/**
 * The formats of GGUF files with two levels of scales, 256 values a block: Q4_K, Q5_K and Q6_K. Read by `tensorTypes.ts`;
 * pure functions over bytes. Every product is exact in float64, so that values are rounded once, as ggml rounds them.
 *
 * Layouts: `block_q4_K`, `block_q5_K`, `block_q6_K` of ggml-common.h in https://github.com/ggml-org/ggml;
 * `dequantize_row_*` of ggml-quants.c.
 */
import { halfToNumber } from '../../common/halfPrecision';
import type { OffsetBlocks } from '../weightMatrix';

/** Values of a block. */
export const superBlockLength = 256;
/** Values that share a scale, in Q4_K and Q5_K and in Q6_K. */
const [group, smallGroup] = [32, 16];
/** Bytes of a block: two float16, 8 scales and 8 least values of 6 bits; fifth bits; four lower bits. */
const [headBytes, fifthBytes, lowBytes] = [4 + 12, superBlockLength / 8, superBlockLength / 2];
export const q4KBytes = headBytes + lowBytes;
export const q5KBytes = headBytes + fifthBytes + lowBytes;
/** Four lower bits, two upper bits, 16 scales of 8 bits, one float16. */
export const q6KBytes = lowBytes + superBlockLength / 4 + superBlockLength / smallGroup + 2;

/** The scale and the least value of a group, 6 bits each, which lie in 12 bytes from `at` on (`get_scale_min_k4`). */
function scaleAndLeast(bytes: DataView, at: number, index: number): readonly [scale: number, least: number] {
  const byte = (offset: number) => bytes.getUint8(at + offset);
  if (index < 4) return [byte(index) & 63, byte(index + 4) & 63];
  const low = byte(index + 4);
  return [(low & 15) | ((byte(index - 4) >> 6) << 4), (low >> 4) | ((byte(index) >> 6) << 4)];
}

/** scale · sixBitScale · code − leastScale · sixBitLeast. */
function groups(bytes: DataView, values: Float32Array, blockBytes: number, withFifth: boolean): void {
  const lowFrom = headBytes + (withFifth ? fifthBytes : 0);
  for (let at = 0, from = 0; at < values.length; at += superBlockLength, from += blockBytes) {
    const scale = halfToNumber(bytes.getUint16(from, true));
    const leastScale = halfToNumber(bytes.getUint16(from + 2, true));
    for (let index = 0; index < superBlockLength / group; index++) {
      const [sixBits, sixBitsLeast] = scaleAndLeast(bytes, from + 4, index);
      const [step, least] = [scale * sixBits, leastScale * sixBitsLeast];
      // Two groups share 32 bytes, the first in their lower halves.
      const lows = from + lowFrom + group * (index >> 1);
      const shift = 4 * (index & 1);
      for (let code = 0; code < group; code++) {
        const low = (bytes.getUint8(lows + code) >> shift) & 15;
        const fifth = withFifth ? ((bytes.getUint8(from + headBytes + code) >> index) & 1) << 4 : 0;
        values[at + group * index + code] = step * (low | fifth) - least;
      }
    }
  }
}

export const q4K = (bytes: DataView, values: Float32Array): void => groups(bytes, values, q4KBytes, false);

/** The same codes as in {@link q4K}, neighbours in one byte: groups are blocks of their own with a scale and an offset. */
export function unpackQ4K(bytes: DataView, { codes, scales, offsets }: OffsetBlocks): void {
  const groupsOfBlock = superBlockLength / group;
  for (let block = 0; block < scales.length; block++) {
    const index = block % groupsOfBlock;
    const from = ((block - index) / groupsOfBlock) * q4KBytes;
    const [sixBits, sixBitsLeast] = scaleAndLeast(bytes, from + 4, index);
    scales[block] = halfToNumber(bytes.getUint16(from, true)) * sixBits;
    offsets[block] = -halfToNumber(bytes.getUint16(from + 2, true)) * sixBitsLeast;
    const lows = from + headBytes + group * (index >> 1);
    const shift = 4 * (index & 1);
    for (let pair = 0; pair < group / 2; pair++) {
      const [one, next] = [bytes.getUint8(lows + 2 * pair) >> shift, bytes.getUint8(lows + 2 * pair + 1) >> shift];
      codes[(group / 2) * block + pair] = (one & 15) | ((next & 15) << 4);
    }
  }
}

export const q5K = (bytes: DataView, values: Float32Array): void => groups(bytes, values, q5KBytes, true);

/** scale · groupScale · (code − 32); each half of the values has 64 bytes of lower and 32 of upper bits. */
export function q6K(bytes: DataView, values: Float32Array): void {
  const [highFrom, scalesFrom, scaleFrom] = [lowBytes, lowBytes + superBlockLength / 4, q6KBytes - 2];
  for (let at = 0, from = 0; at < values.length; at += superBlockLength, from += q6KBytes) {
    const scale = halfToNumber(bytes.getUint16(from + scaleFrom, true));
    for (let quarter = 0; quarter < superBlockLength / group; quarter++) {
      const [half, place] = [quarter >> 2, quarter & 3];
      const lows = from + 64 * half + group * (place & 1);
      const highs = from + highFrom + group * half;
      for (let code = 0; code < group; code++) {
        const low = (bytes.getUint8(lows + code) >> (place < 2 ? 0 : 4)) & 15;
        const high = (bytes.getUint8(highs + code) >> (2 * place)) & 3;
        const groupScale = bytes.getInt8(from + scalesFrom + 2 * quarter + (code < smallGroup ? 0 : 1));
        values[at + group * quarter + code] = scale * groupScale * ((low | (high << 4)) - 32);
      }
    }
  }
}

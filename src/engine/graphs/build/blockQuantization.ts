/**
 * Rounds matrices as MatMulNBits reads them without zero points (ONNX Runtime, docs/ContribOperators.md): value = (code −
 * 2^(bits−1)) · scale, one float32 scale for each block of a row. The entry of largest magnitude of a block becomes the
 * least code, so that the whole range is used; it is the rounding of models/training/model/quantize.py, to the bit.
 *
 * Every step is calculated in float64 and rounded to float32 once, in a fixed order: same weights, same bytes anywhere.
 */

import type { BlockCodes } from '../../../modelFolder/weightMatrix';

/** Values that share a scale. */
export type BlockLength = 32 | 64 | 128;

/** @param values rows of whole blocks, one behind another */
export function quantizeBlocks(values: Float32Array, bits: 4 | 8, block: BlockLength): BlockCodes {
  const scales = new Float32Array(values.length / block);
  const codes = new Uint8Array((values.length * bits) / 8);
  const middle = 2 ** (bits - 1);
  for (let at = 0; at < scales.length; at++) {
    const start = at * block;
    const scale = Math.fround(extremeOf(values, start, block) / -middle);
    // What is so small that its reciprocal overflows counts as zero.
    const reciprocal = Math.fround(1 / scale);
    const usable = Number.isFinite(reciprocal);
    scales[at] = usable ? scale : 0;
    if (!usable) codes.fill(bits === 8 ? middle : middle * 0x11, (start * bits) / 8, ((start + block) * bits) / 8);
    else if (bits === 8) {
      for (let index = start; index < start + block; index++)
        codes[index] = Math.min(roundHalfToEven(Math.fround((values[index] as number) * reciprocal)) + 128, 255);
    } else {
      const codeOf = (index: number) =>
        Math.min(roundHalfToEven(Math.fround((values[index] as number) * reciprocal)) + 8, 15);
      for (let index = start; index < start + block; index += 2)
        codes[index >> 1] = codeOf(index) | (codeOf(index + 1) << 4);
    }
  }
  return { codes, scales };
}

/** The first entry of largest magnitude, with its sign. */
function extremeOf(values: Float32Array, start: number, length: number): number {
  let extreme = 0;
  let magnitude = 0;
  for (let index = start; index < start + length; index++) {
    const value = values[index] as number;
    if (Math.abs(value) > magnitude) {
      extreme = value;
      magnitude = Math.abs(value);
    }
  }
  return extreme;
}

/** From here to twice as much, the float64 numbers are the whole ones: an addition rounds to one, ties to even. */
const wholeFrom = 1.5 * 2 ** 52;

/** As PyTorch and IEEE 754 round. @param value of less than 2^50 in size */
export const roundHalfToEven = (value: number): number => value + wholeFrom - wholeFrom;

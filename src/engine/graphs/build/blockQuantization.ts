/**
 * Rounds matrices as MatMulNBits reads them without zero points (ONNX Runtime, docs/ContribOperators.md): value = (code −
 * 2^(bits−1)) · scale, one float32 scale for each block of a row. The entry of largest magnitude of a block becomes the
 * least code, so that the whole range is used; it is the rounding of models/training/model/quantize.py, to the bit.
 *
 * Every step is calculated in float64 and rounded to float32 once, in a fixed order: same weights, same bytes anywhere.
 */

/** Values that share a scale. */
export type BlockLength = 32 | 64 | 128;

export interface QuantizedRows {
  /** [rows, columns / 2] of 4 bits, the earlier of two in the lower half; [rows, columns] of 8 bits. */
  readonly codes: Uint8Array;
  /** [rows, columns / block] */
  readonly scales: Float32Array;
}

/**
 * @param values rows of whole blocks, one behind another
 */
export function quantizeBlocks(values: Float32Array, bits: 4 | 8, block: BlockLength): QuantizedRows {
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
    for (let index = start; index < start + block; index++) {
      const scaled = usable ? Math.fround((values[index] as number) * reciprocal) : 0;
      const code = Math.min(roundHalfToEven(scaled) + middle, 2 * middle - 1);
      if (bits === 8) codes[index] = code;
      else codes[index >> 1] = (codes[index >> 1] as number) | (code << (4 * (index & 1)));
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

/** As PyTorch and IEEE 754 round. */
export function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

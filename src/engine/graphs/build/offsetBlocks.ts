/**
 * Lets MatMulNBits multiply by 4-bit codes that have an offset for each block, as GGUF's Q4_1 and Q4_K do; used by
 * `GraphWriter`. Pure functions over codes.
 *
 * The operator knows whole zero points alone: value = (code − zero) · scale. Of an offset, the nearest whole number of steps
 * becomes the zero point. The rest, at most half a step where the block has values of either sign, counts once for the sum of
 * what the block is multiplied by. So the sums of a row's blocks become further columns behind the row, and the rests
 * become weights of those: rounded to 4 bits, and what is left of them rounded to 4 bits again, which takes the sums twice.
 */
import { storedBlockLength } from '../../../modelFolder/weightMatrix';
import type { BlockCodes, OffsetBlocks } from '../../../modelFolder/weightMatrix';
import { quantizeBlocks } from './blockQuantization';

const block = storedBlockLength;
const blockBytes = block / 2;
/** Zero points of two blocks whose codes lie around the middle. */
const middles = 0x88;
const greatest = 15;

/** The blocks that the sums of so many blocks fill, once. */
export const sumBlocks = (blocks: number): number => Math.ceil(blocks / block);

/** How wide rows of so many columns are with the sums of their blocks behind them, twice. */
export const widthWithSums = (columns: number): number => columns + 2 * block * sumBlocks(columns / block);

/** [rows, blocks / 2] zero points, the earlier of two in the lower half, beside codes and scales. */
export interface ZeroPointBlocks extends BlockCodes {
  readonly zeroPoints: Uint8Array;
}

/**
 * @param stored whole rows
 * @param blocks of a row
 * @returns rows of {@link widthWithSums} columns
 */
export function withZeroPoints({ codes, scales, offsets }: OffsetBlocks, blocks: number): ZeroPointBlocks {
  const rows = scales.length / blocks;
  const sums = sumBlocks(blocks);
  const all = blocks + 2 * sums;
  const rests = new Float32Array(rows * sums * block);
  const zeroBytes = Math.ceil(all / 2);
  const made = {
    codes: new Uint8Array(rows * all * blockBytes),
    scales: new Float32Array(rows * all),
    zeroPoints: new Uint8Array(rows * zeroBytes).fill(middles),
  };
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < blocks; at++) {
      const [scale, offset] = [scales[row * blocks + at] as number, offsets[row * blocks + at] as number];
      const zero = zeroPointOf(scale, offset);
      rests[row * sums * block + at] = offset + zero * scale;
      const place = row * zeroBytes + (at >> 1);
      const other = made.zeroPoints[place] as number;
      made.zeroPoints[place] = at % 2 === 0 ? (other & 0xf0) | zero : (other & 15) | (zero << 4);
    }
  }
  const coarse = quantizeBlocks(rests, 4, block);
  const fine = quantizeBlocks(differences(rests, coarse), 4, block);
  const parts = [
    { part: { codes, scales }, count: blocks, from: 0 },
    { part: coarse, count: sums, from: blocks },
    { part: fine, count: sums, from: blocks + sums },
  ];
  for (let row = 0; row < rows; row++)
    for (const { part, count, from } of parts) {
      const start = row * all + from;
      made.scales.set(part.scales.subarray(row * count, (row + 1) * count), start);
      const bytes = part.codes.subarray(row * count * blockBytes, (row + 1) * count * blockBytes);
      made.codes.set(bytes, start * blockBytes);
    }
  return made;
}

/** The code that is nearest to zero. */
function zeroPointOf(scale: number, offset: number): number {
  const steps = Math.round(-offset / scale);
  return Number.isNaN(steps) ? 0 : Math.min(Math.max(steps, 0), greatest);
}

/** What values are above their codes. */
const differences = (values: Float32Array, { codes, scales }: BlockCodes): Float32Array =>
  values.map((value, at) => {
    const code = ((codes[at >> 1] as number) >> (4 * (at % 2))) & greatest;
    return value - (code - 8) * (scales[Math.floor(at / block)] as number);
  });

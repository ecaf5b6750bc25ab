import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sumBlocks, widthWithSums, withZeroPoints } from '../../../../../src/engine/graphs/build/offsetBlocks';
import type { ZeroPointBlocks } from '../../../../../src/engine/graphs/build/offsetBlocks';
import type { OffsetBlocks } from '../../../../../src/modelFolder/weightMatrix';

const block = 32;

/** Rows with random codes, and offsets of so many steps below zero, fractions too. */
const stored = fc
  .record({ rows: fc.integer({ min: 1, max: 3 }), blocks: fc.integer({ min: 1, max: 40 }) })
  .chain(({ rows, blocks }) =>
    fc.record({
      blocks: fc.constant(blocks),
      bytes: fc.uint8Array({ minLength: (rows * blocks * block) / 2, maxLength: (rows * blocks * block) / 2 }),
      steps: fc.array(fc.double({ min: 0, max: 15, noNaN: true }), {
        minLength: rows * blocks,
        maxLength: rows * blocks,
      }),
      sizes: fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), {
        minLength: rows * blocks,
        maxLength: rows * blocks,
      }),
    }),
  )
  .map(({ blocks, bytes, steps, sizes }) => {
    const scales = Float32Array.from(sizes);
    const offsets = Float32Array.from(steps, (many, at) => -many * scales[at]!);
    return { blocks, matrix: { codes: bytes, scales, offsets } };
  });

/** [rows, columns] */
function valuesOf({ codes, scales, offsets }: OffsetBlocks): number[] {
  return [...codes].flatMap((pair, byte) => {
    const at = Math.floor((2 * byte) / block);
    return [pair & 15, pair >> 4].map((code) => code * scales[at]! + offsets[at]!);
  });
}

/** What a row's numbers are multiplied by in all, once the columns of sums are counted for each of their block. */
function effective({ codes, scales, zeroPoints }: ZeroPointBlocks, blocks: number): number[] {
  const all = widthWithSums(blocks * block) / block;
  const bytes = Math.ceil(all / 2);
  const rows = scales.length / all;
  return Array.from({ length: rows }, (_, row) => {
    const weight = (column: number): number => {
      const at = Math.floor(column / block);
      const code = (codes[(row * all * block + column) >> 1]! >> (4 * (column % 2))) & 15;
      const zero = (zeroPoints[row * bytes + (at >> 1)]! >> (4 * (at % 2))) & 15;
      return (code - zero) * scales[row * all + at]!;
    };
    return Array.from({ length: blocks * block }, (__, column) => {
      const sum = blocks * block + Math.floor(column / block);
      return weight(column) + weight(sum) + weight(sum + block * sumBlocks(blocks));
    });
  }).flat();
}

describe('blocks with offsets as MatMulNBits reads them', () => {
  it('have room for the sums of their blocks twice', () => {
    assert.deepEqual([32, 576, 1024, 1056, 1536].map(widthWithSums), [96, 640, 1088, 1184, 1664]);
  });

  it('are the values of the file to a hundredth of a step', () => {
    fc.assert(
      fc.property(stored, ({ blocks, matrix }) => {
        const wanted = valuesOf(matrix);
        const largestStep = matrix.scales.reduce((most, scale) => Math.max(most, scale));
        for (const [at, value] of effective(withZeroPoints(matrix, blocks), blocks).entries())
          assert.ok(Math.abs(value - wanted[at]!) <= 0.01 * largestStep, `${value} instead of ${wanted[at]}`);
      }),
    );
  });

  it('keep codes and scales of the file as they are', () => {
    fc.assert(
      fc.property(stored, ({ blocks, matrix }) => {
        const all = widthWithSums(blocks * block) / block;
        const { codes, scales } = withZeroPoints(matrix, blocks);
        for (let row = 0; row < matrix.scales.length / blocks; row++) {
          assert.deepEqual(
            scales.subarray(row * all, row * all + blocks),
            matrix.scales.subarray(row * blocks, (row + 1) * blocks),
          );
          const bytes = block / 2;
          assert.deepEqual(
            codes.subarray(row * all * bytes, (row * all + blocks) * bytes),
            matrix.codes.subarray(row * blocks * bytes, (row + 1) * blocks * bytes),
          );
        }
      }),
    );
  });

  it('may be nothing but their offset, or lie far from zero', () => {
    const codes = new Uint8Array(2 * 16).fill(0x31);
    const matrix = { codes, scales: Float32Array.of(0, 0.5), offsets: Float32Array.of(0.75, 40) };
    const found = effective(withZeroPoints(matrix, 2), 2);
    for (const [at, wanted] of [0.75, 0.75].entries()) assert.ok(Math.abs(found[at]! - wanted) < 0.05 * 40);
    for (const [at, wanted] of [40.5, 41.5].entries()) assert.ok(Math.abs(found[block + at]! - wanted) < 0.05 * 40);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quantizeBlocks } from '../../../../../src/engine/graphs/build/blockQuantization';
import type { BlockLength } from '../../../../../src/engine/graphs/build/blockQuantization';
import type { BlockCodes } from '../../../../../src/modelFolder/weightMatrix';

const blockOf = (...values: number[]): Float32Array => Float32Array.from({ length: 32 }, (_, at) => values[at] ?? 0);

function codesOf({ codes }: BlockCodes, bits: 4 | 8): number[] {
  return bits === 8 ? [...codes] : [...codes].flatMap((pair) => [pair & 15, pair >> 4]);
}

/** As MatMulNBits reads them without zero points. */
function valuesOf(rows: BlockCodes, bits: 4 | 8, block: BlockLength): Float32Array {
  const middle = 2 ** (bits - 1);
  return Float32Array.from(codesOf(rows, bits), (code, at) => (code - middle) * rows.scales[Math.floor(at / block)]!);
}

const forms = fc.record({
  bits: fc.constantFrom(4 as const, 8 as const),
  block: fc.constantFrom(32 as const, 64 as const, 128 as const),
});
const weights = (block: number) =>
  fc
    .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e4), max: Math.fround(1e4) }), {
      minLength: 2 * block,
      maxLength: 2 * block,
    })
    .map((values) => Float32Array.from(values));
const formed = forms.chain(({ bits, block }) => weights(block).map((values) => ({ bits, block, values })));

describe('rounding of blocks', () => {
  it('makes the least code of the entry of largest magnitude, the first of several', () => {
    const { codes, scales } = quantizeBlocks(blockOf(1, -2, 4, -4), 4, 32);
    assert.deepEqual([...scales], [-0.5]);
    assert.deepEqual(codesOf({ codes, scales }, 4).slice(0, 5), [6, 12, 0, 15, 8]);
  });

  it('rounds halves to even', () => {
    // The scale is 1.
    const { codes, scales } = quantizeBlocks(blockOf(-8, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 6.5), 4, 32);
    assert.deepEqual([...scales], [1]);
    assert.deepEqual(
      codesOf({ codes, scales }, 4)
        .slice(0, 8)
        .map((code) => code - 8),
      [-8, 0, 2, 2, 0, -2, -2, 6],
    );
  });

  it('puts the earlier of two codes of 4 bits in the lower half', () => {
    assert.equal(quantizeBlocks(blockOf(-8, 1), 4, 32).codes[0], 0 | (9 << 4));
  });

  for (const [what, value] of [
    ['zeros', 0],
    ['what is too small to be scaled', 2 ** -149],
  ] as const)
    it(`keeps ${what} as zeros`, () => {
      for (const bits of [4, 8] as const) {
        const rows = quantizeBlocks(blockOf(value), bits, 32);
        assert.ok(rows.scales[0] === 0 && codesOf(rows, bits).every((code) => code === 2 ** (bits - 1)));
      }
    });

  it('is off by half a scale, and by one where the range ends', () => {
    fc.assert(
      fc.property(formed, ({ bits, block, values }) => {
        const rows = quantizeBlocks(values, bits, block);
        const rounded = valuesOf(rows, bits, block);
        for (const [at, value] of values.entries()) {
          const scale = Math.abs(rows.scales[Math.floor(at / block)]!);
          assert.ok(Math.abs(value - rounded[at]!) <= scale * (1 + 1e-5) + 2 ** -126 * 2 ** bits);
        }
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(formed, ({ bits, block, values }) => {
        const once = quantizeBlocks(values, bits, block);
        assert.deepEqual(quantizeBlocks(valuesOf(once, bits, block), bits, block), once);
      }),
    );
  });
});

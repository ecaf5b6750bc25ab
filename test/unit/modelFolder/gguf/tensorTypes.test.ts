import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tensorTypes } from '../../../../src/modelFolder/gguf/tensorTypes';
import { floats } from '../../../support/families';
import { root } from '../../../support/paths';

/** Bits of halves that hold these numbers exactly. */
const halves = { one: 0x3c00, quarter: 0x3400, minusTwo: 0xc000 };

function valuesOf(name: string, ...words: readonly (number | Buffer)[]): number[] {
  const type = [...tensorTypes.values()].find((one) => one.name === name)!;
  const bytes = Buffer.concat(
    words.map((word) => {
      if (typeof word !== 'number') return word;
      const half = Buffer.alloc(2);
      half.writeUInt16LE(word);
      return half;
    }),
  );
  assert.equal(bytes.length % type.blockBytes, 0);
  const values = new Float32Array((bytes.length / type.blockBytes) * type.blockLength);
  type.dequantize(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), values);
  return [...values];
}

/** Sixteen bytes, the lower halves 0, 1, …, 15 and the upper ones 15, 14, …, 0. */
const pairs = Buffer.from(Array.from({ length: 16 }, (_, at) => at | ((15 - at) << 4)));
const up = Array.from({ length: 16 }, (_, at) => at);
const codes = [...up, ...up.toReversed()];

describe('values of GGUF tensors', () => {
  it('are as they are in F32, F16 and BF16', () => {
    assert.deepEqual(valuesOf('F32', Buffer.from(Float32Array.of(1.5, -0.1).buffer)), [1.5, Math.fround(-0.1)]);
    assert.deepEqual(valuesOf('F16', halves.one, halves.minusTwo), [1, -2]);
    assert.deepEqual(valuesOf('BF16', 0x3f80, 0xc000), [1, -2]);
  });

  it('are scale · (code − 8) in Q4_0, the lower halves of bytes first', () => {
    assert.deepEqual(
      valuesOf('Q4_0', halves.quarter, pairs),
      codes.map((code) => 0.25 * (code - 8)),
    );
  });

  it('are scale · code + least in Q4_1', () => {
    assert.deepEqual(
      valuesOf('Q4_1', halves.quarter, halves.minusTwo, pairs),
      codes.map((code) => 0.25 * code - 2),
    );
  });

  it('are scale · code in Q8_0', () => {
    const bytes = Array.from({ length: 32 }, (_, at) => 8 * at - 128);
    assert.deepEqual(
      valuesOf('Q8_0', halves.minusTwo, Buffer.from(Int8Array.from(bytes).buffer)),
      bytes.map((code) => -2 * code),
    );
  });

  const blocks = JSON.parse(readFileSync(join(root, 'test/fixtures/gguf/blocks.json'), 'utf8')) as Readonly<
    Record<string, { readonly bytes: string; readonly values: string }>
  >;
  for (const [name, { bytes, values }] of Object.entries(blocks)) {
    it(`are, to the bit, what gguf.quants.dequantize makes of blocks of ${name} of random bytes`, () => {
      assert.deepEqual(valuesOf(name, Buffer.from(bytes, 'base64')), [...floats(values)]);
    });
  }

  it('come block by block, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...tensorTypes.values()),
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat(255)),
        (type, blocks, stream) => {
          const bytes = Uint8Array.from({ length: blocks * type.blockBytes }, () => stream.next().value as number);
          const all = new Float32Array(blocks * type.blockLength);
          type.dequantize(new DataView(bytes.buffer), all);
          for (let block = 0; block < blocks; block++) {
            const one = new Float32Array(type.blockLength);
            type.dequantize(new DataView(bytes.buffer, block * type.blockBytes, type.blockBytes), one);
            assert.deepEqual(one, all.slice(block * type.blockLength, (block + 1) * type.blockLength));
          }
        },
      ),
    );
  });

  it('come from the codes, scales and offsets that are kept of a block, too', () => {
    const kept = [...tensorTypes.values()].filter(({ codes }) => codes);
    assert.deepEqual(
      kept.map(({ name }) => name),
      ['Q4_0', 'Q4_1', 'Q5_0', 'Q8_0', 'Q4_K'],
    );
    fc.assert(
      fc.property(fc.constantFrom(...kept), fc.infiniteStream(fc.nat(255)), ({ codes, ...type }, stream) => {
        const { bits, hasOffsets, unpack } = codes!;
        const bytes = Uint8Array.from({ length: 2 * type.blockBytes }, () => stream.next().value as number);
        const values = new Float32Array(2 * type.blockLength);
        type.dequantize(new DataView(bytes.buffer), values);
        fc.pre(values.every(Number.isFinite));
        const [scales, offsets] = [new Float32Array(values.length / 32), new Float32Array(values.length / 32)];
        const into = { codes: new Uint8Array((values.length * bits) / 8), scales, offsets };
        unpack(new DataView(bytes.buffer), into);
        for (const [at, value] of values.entries()) {
          const code = bits === 8 ? into.codes[at]! : (into.codes[at >> 1]! >> (4 * (at % 2))) & 15;
          const [scale, offset] = [scales[at >> 5]!, offsets[at >> 5]!];
          const made = hasOffsets ? code * scale + offset : (code - 2 ** (bits - 1)) * scale;
          // Zero has no sign here.
          assert.equal(Math.fround(made) + 0, value + 0);
        }
      }),
    );
  });
});

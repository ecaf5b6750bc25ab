import assert from 'node:assert/strict';
import { bfloat16sToFloats, bfloat16ToNumber, halfToNumber, halvesToFloats } from '../../../src/common/halfPrecision';

describe('numbers of 16 bits', () => {
  for (const [kind, one, many] of [
    ['halves', halfToNumber, halvesToFloats],
    ['bfloat16', bfloat16ToNumber, bfloat16sToFloats],
  ] as const)
    it(`are converted many at a time as each by itself: ${kind}`, () => {
      const bits = Uint16Array.from({ length: 2 ** 16 }, (_, at) => at);
      const floats = new Float32Array(bits.length + 1);
      many(bits, floats.subarray(1));
      assert.equal(
        bits.findIndex((each) => !Object.is(floats[each + 1], one(each))),
        -1,
      );
    });

  for (const [bits, value] of [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65_504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ] as const)
    it(`half 0x${bits.toString(16)} is ${value}`, () => assert.ok(Object.is(halfToNumber(bits), value)));

  for (const [bits, value] of [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -133],
    [0x3f80, 1],
    [0xc049, -3.140625],
    [0x7f80, Infinity],
    [0x7fc0, NaN],
  ] as const)
    it(`bfloat16 0x${bits.toString(16)} is ${value}`, () => assert.ok(Object.is(bfloat16ToNumber(bits), value)));
});

/** Numbers of 16 bits, as model files and graphs hold them. */

/** What the last bit of a fraction counts, by the exponent. */
const steps = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25));

/** An IEEE 754 half, given as its 16 bits. */
export function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f && fraction !== 0) return NaN;
  const size =
    exponent === 0x1f ? Infinity : (exponent === 0 ? fraction : 1024 + fraction) * (steps[exponent] as number);
  return bits & 0x8000 ? -size : size;
}

const word = new DataView(new ArrayBuffer(4));

/** A bfloat16, given as its 16 bits: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

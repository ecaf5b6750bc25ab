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

/** As {@link halfToNumber} does it, for all bits there are. */
let halves: Float32Array | undefined;

/** @param bits of IEEE 754 halves @param into takes one number for each, from its start */
export function halvesToFloats(bits: Uint16Array, into: Float32Array): void {
  const numbers = (halves ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => halfToNumber(half)));
  for (let at = 0; at < bits.length; at++) into[at] = numbers[bits[at] as number] as number;
}

/** @param bits of bfloat16 @param into takes one number for each, from its start */
export function bfloat16sToFloats(bits: Uint16Array, into: Float32Array): void {
  const words = new Uint32Array(into.buffer, into.byteOffset, bits.length);
  for (let at = 0; at < bits.length; at++) words[at] = (bits[at] as number) << 16;
}

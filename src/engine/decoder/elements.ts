import type { Tensor } from '../runtime/session';

/** Cached values as they are moved about; float16 ones as their bits, which is all that moving needs. */
export type Elements = Float32Array | Uint16Array;

/** The values of a float32 or float16 tensor, not copied. Newer versions of Node give float16 as `Float16Array`. */
export function elementsOf(tensor: Tensor): Elements {
  const data = tensor.data as Elements;
  return data instanceof Float32Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.length);
}

/** An IEEE 754 half, given as its 16 bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

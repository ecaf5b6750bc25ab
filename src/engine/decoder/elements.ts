/**
 * Reads a float32 or float16 tensor's values without copying, float16 as raw bits; used by the key-value caches, the
 * decoder and encoder networks and the attention reader.
 */
import type { Tensor } from '../runtime/session';

/** Cached values as they are moved about; float16 ones as their bits, which is all that moving needs. */
export type Elements = Float32Array | Uint16Array;

/** The values of a float32 or float16 tensor, not copied. Newer versions of Node give float16 as `Float16Array`. */
export function elementsOf(tensor: Tensor): Elements {
  const data = tensor.data as Elements;
  return data instanceof Float32Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.length);
}

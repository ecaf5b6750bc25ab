/**
 * Quantises vectors to signed bytes; used for everything that is stored or searched. Directions are kept up to
 * rounding, lengths are not.
 */

/**
 * Rounds a vector to whole numbers from -127 to 127, its largest number to one of these. Its direction stays but for
 * rounding; its length is lost, as the cosine does not know it.
 *
 * @param into receives the numbers; as long as the vector
 */
export function quantize(vector: Float32Array, into: Int8Array): void {
  let largest = 0;
  for (const number of vector) largest = Math.max(largest, Math.abs(number));
  // Neither the zero vector nor one that a broken model has made has a direction.
  const scale = largest > 0 && largest < Infinity ? 127 / largest : 0;
  for (let index = 0; index < vector.length; index++)
    into[index] = scale === 0 ? 0 : Math.round((vector[index] as number) * scale);
}

/** Quantises vectors that lie one behind the other, each of `dimension` numbers. */
export function quantizeAll(vectors: Float32Array, dimension: number): Int8Array {
  const rows = new Int8Array(vectors.length);
  for (let start = 0; start < vectors.length; start += dimension) {
    quantize(vectors.subarray(start, start + dimension), rows.subarray(start, start + dimension));
  }
  return rows;
}

/** Reads numbers where their bytes lie, without a copy, and frees large buffers at once. Used by the index. */

/** The 32-bit numbers in bytes: the same memory where they lie at an address for such, else a copy. */
export function numbersOf(bytes: Uint8Array): Uint32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const inPlace = buffer instanceof ArrayBuffer && byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0;
  return inPlace
    ? new Uint32Array(buffer, byteOffset, byteLength / Uint32Array.BYTES_PER_ELEMENT)
    : new Uint32Array(new Uint8Array(bytes).buffer);
}

/**
 * Gives back the memory of bytes that the caller no longer uses, such as a blob that was read. The garbage collector
 * only sees how small the object is: left to it, a hundred megabytes would gather before it begins.
 */
export function release(...all: readonly (Uint8Array | Int32Array)[]): void {
  for (const { buffer, byteLength } of all) {
    // Small ones may share their memory with others.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  }
}

type Numbers = Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/**
 * The same numbers in an array that has room for so many, but not for many times as many; what is new is 0. Where that
 * is another array, the old one is empty from now on.
 */
export function withRoomFor<Kind extends Numbers>(count: number, numbers: Kind): Kind {
  if (count <= numbers.length && numbers.length <= 4 * count + (1 << 12)) return numbers;
  const room = count + (count >>> 3) + (1 << 10);
  const make = numbers.constructor as new (buffer: ArrayBuffer) => Kind;
  return new make(numbers.buffer.transfer(room * numbers.BYTES_PER_ELEMENT));
}

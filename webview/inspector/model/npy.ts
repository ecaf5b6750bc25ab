/** A file of NumPy's format 1.0 with little-endian 32-bit floats in C order. */
export function npy(values: Float32Array, shape: readonly number[]): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  // The numbers begin at a multiple of 64 bytes.
  const padded = dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11) + '\n';
  const head = new TextEncoder().encode(`.NUMPY..xx${padded}`);
  head.set([0x93]);
  head.set([1, 0, padded.length & 255, padded.length >> 8], 6);
  const file = new Uint8Array(head.length + 4 * values.length);
  file.set(head);
  const view = new DataView(file.buffer, head.length);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return file;
}

/**
 * Writes weights as files of NumPy's format; used by the inspector's exports, the recorded page and the commands
 * `attend` and `similar`. Does not touch the disk.
 */
import { maxTileCells } from '../ipc/engine/messages/attention';
import type { Tile } from '../ipc/engine/messages/attention';
import { weightOf } from './quantize';

/** A file of NumPy's format 1.0 with little-endian 32-bit floats in C order. @param rows all of one length */
export function npy(rows: readonly Float32Array[]): Uint8Array {
  const columns = rows[0]?.length ?? 0;
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${columns}), }`;
  // The numbers begin at a multiple of 64 bytes.
  const padded = dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11) + '\n';
  const head = new TextEncoder().encode(`.NUMPY..xx${padded}`);
  head.set([0x93]);
  head.set([1, 0, padded.length & 255, padded.length >> 8], 6);
  const file = new Uint8Array(head.length + 4 * rows.length * columns);
  file.set(head);
  const view = new DataView(file.buffer, head.length);
  for (const [row, values] of rows.entries())
    for (const [column, value] of values.entries()) view.setFloat32(4 * (row * columns + column), value, true);
  return file;
}

/**
 * A whole map as such a file, weights as floats. It may be larger than any message: it is fetched in strips.
 *
 * @param strip rows [y, y + height) of the map
 */
export async function wholeMap(
  rows: number,
  columns: number,
  strip: (y: number, height: number) => Tile | Promise<Tile>,
): Promise<Uint8Array> {
  const all: Float32Array[] = [];
  const atOnce = Math.max(1, Math.floor(maxTileCells / 4 / Math.max(1, columns)));
  for (let y = 0; y < rows; y += atOnce) {
    const { data, height } = await strip(y, Math.min(atOnce, rows - y));
    for (let row = 0; row < height; row++)
      all.push(
        Float32Array.from(data.subarray(row * columns, (row + 1) * columns), (byte) => weightOf[byte] as number),
      );
  }
  return npy(all);
}

/** The pairs of two texts' tokens, row by row. @param columns tokens of the second text */
export function pairsFile(pairs: Float32Array, columns: number): Uint8Array {
  return npy(
    Array.from({ length: pairs.length / columns }, (_, row) => pairs.subarray(row * columns, (row + 1) * columns)),
  );
}

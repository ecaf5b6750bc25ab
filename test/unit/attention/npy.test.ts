import assert from 'node:assert/strict';
import { npy, wholeMap } from '../../../src/attention/npy';
import { maxTileCells } from '../../../src/ipc/engine/messages/attention';

describe('a file for NumPy', () => {
  it('has its header to the byte, and little-endian floats', () => {
    const file = npy([new Float32Array([1, 2]), new Float32Array([3, 4])]);
    assert.deepEqual([...file.slice(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    const length = file[8]! + 256 * file[9]!;
    assert.equal((10 + length) % 64, 0);
    const header = new TextDecoder().decode(file.slice(10, 10 + length));
    assert.equal(header.trimEnd(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }");
    assert.ok(header.endsWith('\n'));
    assert.deepEqual([...new Float32Array(file.slice(10 + length).buffer)], [1, 2, 3, 4]);
  });

  it('of a whole map is fetched in strips', async () => {
    const [rows, columns] = [400, 3000];
    const asked: number[] = [];
    const file = await wholeMap(rows, columns, (y, height) => {
      asked.push(height);
      return { x: 0, y, width: columns, height, data: new Uint8Array(columns * height).fill(y === 0 ? 255 : 0) };
    });
    assert.ok(asked.length > 1 && asked.every((height) => columns * height <= maxTileCells));
    assert.equal(
      asked.reduce((sum, height) => sum + height),
      rows,
    );
    const view = new DataView(file.buffer, file.length - 4 * rows * columns);
    assert.deepEqual([view.getFloat32(0, true), view.getFloat32(4 * (rows * columns - 1), true)], [1, 0]);
  });
});

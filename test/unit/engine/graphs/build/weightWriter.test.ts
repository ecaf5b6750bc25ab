import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WeightWriter } from '../../../../../src/engine/graphs/build/weightWriter';
import { DataLocation, DataType } from '../../../../../src/engine/graphs/onnx';
import { makeFolder } from '../../../../support/folder';

describe('weights beside a graph', () => {
  it('lie one behind another, each at a multiple of 64 bytes', async () => {
    const path = join(makeFolder(), 'model.onnx.data');
    const writer = await WeightWriter.create(path);
    const first = await writer.write('a', DataType.UINT8, [3], [Uint8Array.of(1, 2), Uint8Array.of(3)]);
    async function* pieces() {
      yield await Promise.resolve(Float32Array.of(1.5, -2));
    }
    const second = await writer.write('b', DataType.FLOAT, [2, 1], pieces());
    await writer.close();

    const bytes = await readFile(path);
    assert.deepEqual([...bytes], [1, 2, 3, ...new Array<number>(61).fill(0), 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]);
    assert.equal(first.dataLocation, DataLocation.EXTERNAL);
    const place = (tensor: typeof first) =>
      Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]));
    assert.deepEqual(place(first), { location: 'model.onnx.data', offset: '0', length: '3' });
    assert.deepEqual(place(second), { location: 'model.onnx.data', offset: '64', length: '8' });
    assert.deepEqual([second.name, second.dims], ['b', [2n, 1n]]);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bfloat16ToNumber, halfToNumber } from '../../../../src/common/halfPrecision';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { SafetensorsFile } from '../../../../src/modelFolder/safetensors/safetensorsFile';
import { float32Tensor, safetensorsBytes, withHeader } from '../../../support/safetensors';
import type { TensorSpec } from '../../../support/safetensors';

describe('SafetensorsFile', () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
    path = join(folder, 'model.safetensors');
  });
  after(() => rmSync(folder, { recursive: true }));

  async function read(content: Uint8Array, name: string, shape: readonly number[]): Promise<Float32Array> {
    writeFileSync(path, content);
    const file = await SafetensorsFile.open(path);
    try {
      return await file.read(name, shape);
    } finally {
      await file.close();
    }
  }

  const refused = (content: Uint8Array, sentence: RegExp, shape: readonly number[] = [2, 2]) =>
    assert.rejects(read(content, 'a', shape), (error) => {
      assert.ok(error instanceof EngineError && error.code === 'modelInvalid', String(error));
      assert.match(error.message, sentence);
      assert.doesNotMatch(error.message, /[\n\r]/);
      return true;
    });

  const square = float32Tensor('a', [2, 2], [1, 2, 3, 4]);
  const bits = (name: string, type: TensorSpec['type'], values: readonly number[]): TensorSpec => ({
    name,
    type,
    shape: [values.length],
    data: new Uint8Array(Uint16Array.from(values).buffer),
  });

  it('reads what was written, tensor by tensor, in all three widths', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 50 }),
        fc.array(
          fc.nat({ max: 0xffff }).filter((value) => Number.isFinite(halfToNumber(value))),
          { maxLength: 50 },
        ),
        fc.array(
          fc.nat({ max: 0xffff }).filter((value) => Number.isFinite(bfloat16ToNumber(value))),
          { maxLength: 50 },
        ),
        async (floats, halves, bfloats) => {
          const content = safetensorsBytes([
            float32Tensor('a', [floats.length], floats),
            bits('b', 'F16', halves),
            bits('c', 'BF16', bfloats),
          ]);
          assert.deepEqual([...(await read(content, 'a', [floats.length]))], floats);
          assert.deepEqual([...(await read(content, 'b', [halves.length]))], halves.map(halfToNumber));
          assert.deepEqual([...(await read(content, 'c', [bfloats.length]))], bfloats.map(bfloat16ToNumber));
        },
      ),
      { numRuns: 50 },
    ));

  it('reads halves that are more than one piece', async () => {
    const values = Array.from({ length: 600_000 }, (_, at) => at % 0x7c00);
    const found = await read(safetensorsBytes([bits('a', 'F16', values)]), 'a', [values.length]);
    assert.deepEqual(found, Float32Array.from(values, halfToNumber));
  });

  it('says in one sentence what is wrong, whatever the file holds', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, asHeader) => {
        const content = asHeader ? withHeader(Buffer.from(bytes).toString('latin1'), new Uint8Array()) : bytes;
        await refused(content, /^model\.safetensors .*\.$/su);
      }),
      { numRuns: 200 },
    ));

  it('refuses a file that was cut anywhere, or has bytes too many', async () => {
    const whole = safetensorsBytes([square, float32Tensor('b', [3], [1, 2, 3])]);
    for (let length = 0; length < whole.length; length++)
      await refused(whole.subarray(0, length), /is no safetensors file, or damaged/);
    await refused(Buffer.concat([whole, Buffer.alloc(1)]), /its tensors take 28 bytes, and it holds 29/);
  });

  it('refuses tensors that lie elsewhere than they say', async () => {
    const moved = (start: number, end: number) =>
      safetensorsBytes([square], (entries) => ({
        ...entries,
        a: { dtype: 'F32', shape: [2, 2], data_offsets: [start, end] },
      }));
    await refused(moved(4, 20), /the tensor a begins at byte 4 of the data instead of 0/);
    await refused(moved(0, 12), /the tensor a has 12 bytes, and its type F32 \[2, 2\] needs 16/);
    await refused(moved(16, 0), /the tensor a has -16 bytes/);
    await refused(moved(0, 2 ** 60), /data_offsets\.1 should be/);
    const twice = safetensorsBytes([square], (entries) => ({ ...entries, b: entries.a }));
    await refused(twice, /the tensor b begins at byte 0 of the data instead of 16/);
  });

  it('gives what it says beside the tensors, where that is text', async () => {
    const withMetadata = (metadata: unknown) =>
      safetensorsBytes([square], (entries) => ({ ...entries, __metadata__: metadata }));
    writeFileSync(path, withMetadata({ rank: '4', format: 'x' }));
    const file = await SafetensorsFile.open(path);
    assert.deepEqual(Object.fromEntries(file.metadata), { rank: '4', format: 'x' });
    await file.close();
    await refused(withMetadata({ rank: 4 }), /of its metadata, rank should be/);
    await refused(withMetadata('x'), /of its metadata, /);
  });

  it('refuses shapes whose size no number holds', () =>
    refused(
      safetensorsBytes([square], (entries) => ({
        ...entries,
        a: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 16] },
      })),
      /needs 4\.8/,
    ));

  it('refuses a header that is longer than the file, or than the format allows', async () => {
    const length = (value: bigint) => {
      const bytes = Buffer.alloc(64);
      bytes.writeBigUInt64LE(value);
      return bytes;
    };
    await refused(length(57n), /its header should have 57 bytes, and the file has 64/);
    await refused(length(2n ** 64n - 1n), /its header should have 18446744073709552000 bytes/);
  });

  it('names the tensor that is missing, of another shape or type, or not finite', async () => {
    await refused(safetensorsBytes([float32Tensor('b', [1], [1])]), /has no tensor a/);
    await refused(safetensorsBytes([square]), /has a as \[2, 2\] instead of \[4\]/, [4]);
    const integers = { name: 'a', type: 'I64', shape: [1], data: new Uint8Array(8) } as const;
    await refused(safetensorsBytes([integers]), /has a as I64, and only F32, F16 and BF16 are understood/, [1]);
    await refused(
      safetensorsBytes([float32Tensor('a', [2], [1, NaN])]),
      /holds a value in a that is no finite number/,
      [2],
    );
  });

  it('says that a file is missing', () =>
    assert.rejects(SafetensorsFile.open(join(folder, 'none.safetensors')), (error) => {
      assert.ok(error instanceof EngineError && error.code === 'modelMissing');
      assert.match(error.message, /none\.safetensors cannot be read/);
      return true;
    }));
});

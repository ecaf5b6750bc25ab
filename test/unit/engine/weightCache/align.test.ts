import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DataLocation, ModelProtoSchema } from '../../../../src/engine/graphs/onnx';
import type { ModelProto } from '../../../../src/engine/graphs/onnx';
import { alignWeights } from '../../../../src/engine/weightCache/align';

describe('aligning packed weights', () => {
  let from: string;
  let to: string;
  beforeEach(() => {
    from = mkdtempSync(join(tmpdir(), 'align-'));
    to = join(from, 'to');
    mkdirSync(to);
  });
  afterEach(() => rmSync(from, { recursive: true }));

  const entries = (model: ModelProto) =>
    model.graph!.initializer.map(({ externalData }) =>
      Object.fromEntries(externalData.map(({ key, value }) => [key, value])),
    );
  const tensor = (name: string, data: Readonly<Record<string, string>>) => ({
    name,
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries({ location: 'weights.bin', ...data }).map(([key, value]) => ({ key, value })),
  });

  function write(weights: Buffer, ...initializer: ReturnType<typeof tensor>[]): void {
    writeFileSync(join(from, 'weights.bin'), weights);
    writeFileSync(
      join(from, 'model.onnx'),
      toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { initializer } })),
    );
  }

  it('begins each piece at a multiple of 64 bytes, and writes what is shared once', async () => {
    const weights = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 7919) >> 3));
    write(
      weights,
      tensor('a', { offset: '0', length: '10', prepacked_0: 'MatMulNBits+1|10;1500001;0' }),
      tensor('b', {
        offset: '1500011',
        length: '7',
        prepacked_0: 'MatMul+2|1500018;33;0|1500051;100;0',
        prepacked_1: 'Gemm+3|10;1500001;0',
      }),
    );
    const contents = await alignWeights(from, to);
    const bytes = readFileSync(join(to, 'weights.bin'));
    const graph = readFileSync(join(to, 'model.onnx'));
    assert.deepEqual(contents, {
      graph: { bytes: graph.length, crc32: crc32(graph) },
      weights: { bytes: bytes.length, crc32: crc32(bytes) },
    });

    const [a, b] = entries(fromBinary(ModelProtoSchema, graph)) as [Record<string, string>, Record<string, string>];
    const check = (offset: number, was: number, length: number) => {
      assert.equal(offset % 64, 0);
      assert.ok(bytes.subarray(offset, offset + length).equals(weights.subarray(was, was + length)));
    };
    check(Number(a.offset), 0, 10);
    check(Number(b.offset), 1_500_011, 7);
    assert.match(a.prepacked_0!, /^MatMulNBits\+1\|\d+;1500001;0$/);
    check(Number(/\|(\d+);/.exec(a.prepacked_0!)![1]), 10, 1_500_001);
    const [, first, second] = /^MatMul\+2\|(\d+);33;0\|(\d+);100;0$/.exec(b.prepacked_0!)!;
    check(Number(first), 1_500_018, 33);
    check(Number(second), 1_500_051, 100);
    assert.equal(b.prepacked_1!.split('|')[1], a.prepacked_0!.split('|')[1]);
    assert.ok(bytes.length < 1_500_001 + 6 * 64 + 150);
  });

  it('refuses weights that are shorter than the graph says', async () => {
    write(Buffer.alloc(100), tensor('a', { offset: '50', length: '51' }));
    await assert.rejects(alignWeights(from, to), /shorter/);
  });

  it('refuses graphs with branches, whose weights it does not see', async () => {
    write(Buffer.alloc(1));
    const branch = { name: 'then_branch', g: { name: 'then' } };
    writeFileSync(
      join(from, 'model.onnx'),
      toBinary(
        ModelProtoSchema,
        create(ModelProtoSchema, { graph: { node: [{ opType: 'If', attribute: [branch] }] } }),
      ),
    );
    await assert.rejects(alignWeights(from, to), /branches/);
  });
});

import { toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataLocation, ModelProtoSchema } from '../../../../src/engine/graphs/onnx';
import type { TensorProto } from '../../../../src/engine/graphs/onnx';
import { settleWeights } from '../../../../src/engine/graphs/weightFolder';
import { readWeightless } from '../../../../src/engine/graphs/weightlessModel';
import { writeOnnx } from '../../../support/decoderModel/onnx';
import { tiny } from '../../../support/decoderModel/shape';
import { randomMatrices } from '../../../support/decoderModel/weights';

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

describe('reading a model without its weights', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'weightless-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const entries = (tensor: TensorProto) =>
    Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]));

  it('leaves them where they are in the same file', () => {
    const path = writeOnnx(folder, tiny, 'inside');
    const { graph } = readWeightless(path);
    const descriptor = openSync(path, 'r');
    for (const { name, scales } of randomMatrices(tiny)) {
      const tensor = graph!.initializer.find((initializer) => initializer.name === `${name}.scales`)!;
      if (scales.byteLength < 1024) {
        assert.deepEqual(new Float32Array(tensor.rawData.slice().buffer), scales);
        continue;
      }
      assert.equal(tensor.dataLocation, DataLocation.EXTERNAL);
      assert.equal(tensor.rawData.length, 0);
      const { location, offset, length } = entries(tensor);
      assert.equal(location, 'model_q4.onnx');
      const bytes = new Uint8Array(Number(length));
      readSync(descriptor, bytes, 0, bytes.length, Number(offset));
      assert.deepEqual(new Float32Array(bytes.buffer), scales);
    }
    closeSync(descriptor);
    assert.ok(graph!.node.some(({ opType }) => opType === 'GroupQueryAttention'));
  });

  it('changes nothing where the weights lie beside the graph', () => {
    const path = writeOnnx(folder, tiny, 'beside');
    assert.ok(Buffer.from(toBinary(ModelProtoSchema, readWeightless(path))).equals(readFileSync(path)));
  });

  it('reads a model that is larger than memory', () => {
    const path = join(folder, 'model.onnx');
    // graph { initializer { raw_data } }, each a tag and a length; the weights are a hole in the file.
    const weights = 2 ** 40;
    const raw = [0x4a, ...varint(weights)];
    const initializer = [0x2a, ...varint(raw.length + weights), ...raw];
    const head = [0x3a, ...varint(initializer.length + weights), ...initializer];
    writeFileSync(path, Uint8Array.from(head));
    truncateSync(path, head.length + weights);
    const [tensor] = readWeightless(path).graph!.initializer;
    assert.deepEqual(entries(tensor!), {
      location: 'model.onnx',
      offset: String(head.length),
      length: String(weights),
    });
  });

  it('keeps fields that are not in onnx.proto', () => {
    const path = writeOnnx(folder, tiny, 'beside');
    const unknown = Buffer.from([0xfa, 0x3f, 3, 1, 2, 3]);
    appendFileSync(path, unknown);
    const written = Buffer.from(toBinary(ModelProtoSchema, readWeightless(path)));
    assert.ok(written.includes(unknown));
  });

  it('refuses what is no model', () => {
    const path = join(folder, 'model.onnx');
    for (const bytes of [Uint8Array.of(0xff, 0xff), Buffer.alloc(100, 0x3f), Buffer.from('<!DOCTYPE html>')]) {
      writeFileSync(path, bytes);
      assert.throws(() => readWeightless(path));
    }
  });

  it('follows the links of a download cache to the folder that holds the weights', async () => {
    const path = writeOnnx(folder, tiny, 'beside');
    const [blobs, snapshot] = [join(folder, 'blobs'), join(folder, 'snapshots', 'a1b2')];
    for (const made of [blobs, snapshot]) mkdirSync(made, { recursive: true });
    renameSync(`${path}_data`, join(blobs, 'e3b0c442'));
    symlinkSync('../../blobs/e3b0c442', join(snapshot, 'model_q4.onnx_data'));
    const graph = readWeightless(path).graph!;
    assert.equal(await settleWeights(graph, snapshot), blobs);
    const external = graph.initializer.filter(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL);
    assert.ok(external.length > 0 && external.every((tensor) => entries(tensor).location === 'e3b0c442'));
  });

  it('tells where weights are in no one folder', async () => {
    const path = writeOnnx(folder, tiny, 'beside');
    const graph = readWeightless(path).graph!;
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other/more'), '');
    const [first] = graph.initializer.filter(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL);
    first!.externalData.find(({ key }) => key === 'location')!.value = 'other/more';
    assert.equal(await settleWeights(graph, folder), undefined);
    await assert.rejects(settleWeights(graph, join(folder, 'none')), /ENOENT/);
  });
});

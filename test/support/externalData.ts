import { clearField, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  DataLocation,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
} from '../../src/engine/graphs/onnx';

/** Smaller ones stay in the graph, as exporters leave them. Bytes. */
const minMovedBytes = 256;

/**
 * Moves the weights of a graph to files beside it, as exporters do with large ones.
 *
 * @param names of the files; weights go to them by turns
 */
export function moveWeights(graph: string, names: readonly string[]): void {
  const model = fromBinary(ModelProtoSchema, readFileSync(graph));
  const files = names.map((name) => ({ name, pieces: [] as Uint8Array[], bytes: 0 }));
  const moved = model.graph!.initializer.filter(({ rawData }) => rawData.length >= minMovedBytes);
  for (const [at, tensor] of moved.entries()) {
    const file = files[at % files.length]!;
    const values = tensor.rawData;
    const entries = { location: file.name, offset: String(file.bytes), length: String(values.length) };
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
    tensor.dataLocation = DataLocation.EXTERNAL;
    clearField(tensor, TensorProtoSchema.field.rawData);
    file.pieces.push(values);
    file.bytes += values.length;
  }
  if (moved.length < names.length) throw new Error(`${basename(graph)} has only ${moved.length} weights to move`);
  writeFileSync(graph, toBinary(ModelProtoSchema, model));
  for (const { name, pieces } of files) writeFileSync(join(dirname(graph), name), Buffer.concat(pieces));
}

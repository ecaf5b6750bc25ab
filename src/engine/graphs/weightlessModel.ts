/**
 * Reads an ONNX file of any size without its weights, which become external data in the same file; used by every
 * loader that rewrites a graph in memory.
 */
import { create, fromBinary } from '@bufbuild/protobuf';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { FileWindow } from '../../common/files/fileWindow';
import {
  DataLocation,
  GraphProtoSchema,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
} from './onnx';
import type { GraphProto, ModelProto, TensorProto } from './onnx';
import { fieldsOf } from './wire';
import type { WireField } from './wire';

/** Constants below this many bytes stay in the graph: shapes and axes, which the runtime wants to see. */
const minWeightBytes = 1024;

/**
 * Reads an ONNX file without its weights, whatever its size: they stay where they are, as external data in that very
 * file. Fields that onnx.proto does not know are kept.
 *
 * @param path of a file that `findOnnxFault` has no objection to
 * @throws {Error} where the bytes are no such file after all
 */
export function readWeightless(path: string): ModelProto {
  const descriptor = openSync(path, 'r');
  try {
    const file = new FileWindow(descriptor, fstatSync(descriptor).size);
    const split = splitMessage(file, 0, file.size, ModelProtoSchema.field.graph.number);
    const model = fromBinary(ModelProtoSchema, split.rest);
    for (const field of split.taken) model.graph = readGraph(file, field, basename(path));
    return model;
  } finally {
    closeSync(descriptor);
  }
}

function readGraph(file: FileWindow, field: WireField, location: string): GraphProto {
  const { rest, taken } = splitMessage(file, field.value, field.end, GraphProtoSchema.field.initializer.number);
  const graph = fromBinary(GraphProtoSchema, rest);
  for (const initializer of taken) graph.initializer.push(readTensor(file, initializer, location));
  return graph;
}

function readTensor(file: FileWindow, field: WireField, location: string): TensorProto {
  if (field.end - field.start < minWeightBytes)
    return fromBinary(TensorProtoSchema, Uint8Array.from(file.at(field.value, field.end - field.value)));
  const { rest, taken } = splitMessage(file, field.value, field.end, TensorProtoSchema.field.rawData.number);
  const tensor = fromBinary(TensorProtoSchema, rest);
  for (const { value, end } of taken) {
    tensor.dataLocation = DataLocation.EXTERNAL;
    const entries = { location, offset: String(value), length: String(end - value) };
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
  }
  return tensor;
}

/** The bytes of a message without the fields of one number, and where those fields lie. */
function splitMessage(
  file: FileWindow,
  start: number,
  end: number,
  number: number,
): { rest: Uint8Array; taken: WireField[] } {
  const pieces: Uint8Array[] = [];
  const taken: WireField[] = [];
  for (const field of fieldsOf(file, start, end)) {
    if (field.number === number) taken.push(field);
    else pieces.push(Uint8Array.from(file.at(field.start, field.end - field.start)));
  }
  return { rest: Uint8Array.from(Buffer.concat(pieces)), taken };
}

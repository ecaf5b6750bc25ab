/**
 * The only import point for the generated ONNX protobuf types, under their specification names; used by everything
 * that reads or writes graphs.
 */

/**
 * The messages of onnx.proto that the engine reads and writes, under the names of the ONNX specification; what is declared
 * inside of a message goes by its own name. Everything that handles graphs imports them from here: no other module
 * knows the generated file. Fields of onnx.proto that it leaves out are kept as they are when a model is written again.
 *
 * @see https://github.com/onnx/onnx/blob/main/docs/IR.md
 */
export {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from './generated/onnx_pb';
export type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  StringStringEntryProto,
  TensorProto,
  ValueInfoProto,
} from './generated/onnx_pb';

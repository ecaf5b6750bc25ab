/**
 * Maps tensor element types to and from the C API's numbers; used by the native session, value descriptions and device
 * memory.
 */
import type { Tensor } from '../tensors';

/** `ONNXTensorElementDataType` of the C API, by its place there. */
const types: readonly (Tensor['type'] | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
];

/** The C API's number of a type. */
export const codeOf = (type: Tensor['type']): number => types.indexOf(type);

/** The type that the C API has this number for, where JavaScript has arrays of it. */
export const typeOf = (code: number): Tensor['type'] | undefined => types[code];

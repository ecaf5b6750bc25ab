/**
 * Builders of ONNX nodes, attributes, integer constants and value descriptions, as protobuf messages; used by every
 * rewrite and by everything that builds a graph.
 */
import { create } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  AttributeType,
  DataType,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from './onnx';
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from './onnx';

/** The domain of ONNX Runtime's own operators. */
export const microsoft = 'com.microsoft';

/** bigint: an integer attribute, number: a float attribute, string: a text, a list: one of integers. */
export type AttributeValue = bigint | number | string | readonly bigint[];

export interface NodeOptions {
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** A node without a name. An empty string stands for an input or output that is left out. */
export function node(
  operator: string,
  input: readonly string[],
  output: readonly string[],
  options: NodeOptions = {},
): NodeProto {
  const { domain = '', attributes = {} } = options;
  return create(NodeProtoSchema, {
    opType: operator,
    domain,
    input: [...input],
    output: [...output],
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

export function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'bigint') return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: value });
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: [...value] });
}

/** A one-dimensional int64 constant. */
export function integers(name: string, values: readonly bigint[]): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: DataType.INT64,
    dims: [BigInt(values.length)],
    int64Data: [...values],
  });
}

/** A tensor that goes in or comes out; dimensions that vary are given by a name. */
export function valueInfo(name: string, type: DataType, shape: readonly (number | string)[]): ValueInfoProto {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: type, shape: { dim } } } },
  });
}

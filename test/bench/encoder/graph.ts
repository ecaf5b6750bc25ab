import { create } from '@bufbuild/protobuf';
import { microsoft, node, valueInfo } from '../../../src/engine/graphs/elements';
import type { NodeOptions } from '../../../src/engine/graphs/elements';
import {
  AttributeProtoSchema,
  AttributeType,
  DataType,
  ModelProtoSchema,
  TensorProtoSchema,
} from '../../../src/engine/graphs/onnx';
import type { AttributeProto, ModelProto, NodeProto, TensorProto } from '../../../src/engine/graphs/onnx';
import { createRandom } from '../../support/random';

/** Sizes of an encoder of the BERT family. */
export interface EncoderShape {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  /** Tokens. */
  readonly context: number;
}

const epsilon = 1e-12;
const attributes = (values: NodeOptions['attributes']): NodeOptions => ({ attributes: values ?? {} });

/**
 * A BERT with random weights, node by node as exporters write it.
 *
 * @param precision `int8`: matrices in bytes with one scale each, activations rounded by the largest of their batch, which is
 *   what ONNX Runtime's dynamic quantisation makes of the same weights
 */
export function encoderGraph(shape: EncoderShape, precision: 'fp32' | 'int8'): ModelProto {
  const { width, heads, feedForward } = shape;
  const random = createRandom(3);
  const nodes: NodeProto[] = [];
  const constants: TensorProto[] = [];
  let made = 0;
  const add = (operator: string, inputs: readonly string[], options?: NodeOptions, output = `v${made++}`): string => {
    nodes.push(node(operator, inputs, [output], options));
    return output;
  };
  const tensor = (
    dataType: DataType,
    dims: readonly number[],
    data: Float32Array | Int8Array | BigInt64Array,
  ): string => {
    const name = `c${constants.length}`;
    constants.push(
      create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData: new Uint8Array(data.buffer) }),
    );
    return name;
  };
  const integers = (...values: number[]) => tensor(DataType.INT64, [values.length], BigInt64Array.from(values, BigInt));
  const number = (value: number) => tensor(DataType.FLOAT, [], Float32Array.of(value));
  // Three draws come close enough to a bell.
  const draw = (size: number, spread: number) =>
    Float32Array.from({ length: size }, () => spread * 2 * (random() + random() + random() - 1.5));
  const floats = (dims: readonly number[], spread: number) =>
    tensor(
      DataType.FLOAT,
      dims,
      draw(
        dims.reduce((product, size) => product * size, 1),
        spread,
      ),
    );
  const norm = (x: string) =>
    add(
      'LayerNormalization',
      [
        x,
        tensor(DataType.FLOAT, [width], new Float32Array(width).fill(1)),
        tensor(DataType.FLOAT, [width], draw(width, 0.02)),
      ],
      attributes({ axis: -1n, epsilon }),
    );
  const product = (x: string, rows: number, columns: number): string => {
    const weights = draw(rows * columns, 1 / Math.sqrt(rows));
    if (precision === 'fp32') return add('MatMul', [x, tensor(DataType.FLOAT, [rows, columns], weights)]);
    const step = weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    const bytes = tensor(
      DataType.INT8,
      [rows, columns],
      Int8Array.from(weights, (value) => Math.round(value / step)),
    );
    return add('DynamicQuantizeMatMul', [x, bytes, number(step)], { domain: microsoft });
  };
  const linear = (x: string, rows: number, columns: number) =>
    add('Add', [product(x, rows, columns), floats([columns], 0.02)]);
  const split = (x: string, ...order: readonly number[]) => {
    const transposed = add('Transpose', [add('Reshape', [x, integers(0, 0, heads, width / heads)])]);
    nodes.at(-1)?.attribute.push(permutation(order));
    return transposed;
  };

  const length = add('Slice', [add('Shape', ['input_ids']), integers(1), integers(2)]);
  const places = add('Slice', [floats([shape.context, width], 0.1), integers(0), length, integers(0)]);
  let stream = norm(add('Add', [add('Gather', [floats([shape.vocabulary, width], 0.3), 'input_ids']), places]));
  const present = add('Unsqueeze', [
    add('Cast', ['attention_mask'], attributes({ to: BigInt(DataType.FLOAT) })),
    integers(1, 2),
  ]);
  const mask = add('Mul', [add('Sub', [number(1), present]), number(-3e38)]);
  for (let layer = 0; layer < shape.layers; layer++) {
    const [queries, keys, values] = [
      split(linear(stream, width, width), 0, 2, 1, 3),
      split(linear(stream, width, width), 0, 2, 3, 1),
      split(linear(stream, width, width), 0, 2, 1, 3),
    ];
    const scores = add('Div', [add('MatMul', [queries, keys]), number(Math.sqrt(width / heads))]);
    const weights = add('Softmax', [add('Add', [scores, mask])], attributes({ axis: -1n }));
    const mixed = add('Transpose', [add('MatMul', [weights, values])]);
    nodes.at(-1)?.attribute.push(permutation([0, 2, 1, 3]));
    const attended = norm(add('Add', [linear(add('Reshape', [mixed, integers(0, 0, width)]), width, width), stream]));
    const inner = linear(attended, width, feedForward);
    const share = add('Add', [add('Erf', [add('Div', [inner, number(Math.SQRT2)])]), number(1)]);
    const activated = add('Mul', [add('Mul', [inner, share]), number(0.5)]);
    stream = norm(add('Add', [linear(activated, feedForward, width), attended]));
  }
  add('Identity', [stream], undefined, 'last_hidden_state');
  const graph = {
    name: 'encoder',
    node: nodes,
    initializer: constants,
    input: ['input_ids', 'attention_mask'].map((name) =>
      valueInfo(name, DataType.INT64, ['batch_size', 'sequence_length']),
    ),
    output: [valueInfo('last_hidden_state', DataType.FLOAT, ['batch_size', 'sequence_length', width])],
  };
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      { domain: '', version: 17n },
      { domain: microsoft, version: 1n },
    ],
    graph,
  });
}

const permutation = (order: readonly number[]): AttributeProto =>
  create(AttributeProtoSchema, { name: 'perm', type: AttributeType.INTS, ints: order.map(BigInt) });

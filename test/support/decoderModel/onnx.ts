import { create, toBinary } from '@bufbuild/protobuf';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { integers, microsoft, node, valueInfo } from '../../../src/engine/graphs/elements';
import {
  DataLocation,
  DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
} from '../../../src/engine/graphs/onnx';
import type { GraphProto, NodeProto } from '../../../src/engine/graphs/onnx';
import type { DecoderShape } from './shape';
import { blockSize, randomMatrices } from './weights';
import type { Matrix } from './weights';

/** Where the weights lie: in the graph's own file, or beside it as files over 2 GB must have them. */
export type Placement = 'inside' | 'beside';

const floats = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/**
 * Writes `model_q4.onnx` (and `model_q4.onnx_data`) with random weights, as the public exporters for ONNX Runtime
 * write decoders: GroupQueryAttention with rotation inside, 4-bit matrices, an attention mask that tells the lengths,
 * whole caches as outputs and logits for every position.
 *
 * @returns path of the graph
 */
export function writeOnnx(folder: string, shape: DecoderShape, placement: Placement): string {
  const path = join(folder, 'model_q4.onnx');
  const data = `${path}_data`;
  const file = placement === 'beside' ? openSync(data, 'w') : undefined;
  const graph = create(GraphProtoSchema, { name: 'decoder' });
  let offset = 0;
  const constant = (name: string, dataType: DataType, dims: number[], bytes: Uint8Array) => {
    const tensor = create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt) });
    if (file === undefined || bytes.length < 1024) {
      tensor.rawData = bytes;
    } else {
      tensor.dataLocation = DataLocation.EXTERNAL;
      const entries = { location: 'model_q4.onnx_data', offset: String(offset), length: String(bytes.length) };
      for (const [key, value] of Object.entries(entries)) tensor.externalData.push(create(stringEntry, { key, value }));
      writeSync(file, bytes);
      offset += bytes.length;
    }
    graph.initializer.push(tensor);
  };

  for (const matrix of randomMatrices(shape)) {
    constant(
      `${matrix.name}.q4`,
      DataType.UINT8,
      [matrix.rows, matrix.columns / blockSize, blockSize / 2],
      packNeighbours(matrix),
    );
    constant(
      `${matrix.name}.scales`,
      DataType.FLOAT,
      [(matrix.rows * matrix.columns) / blockSize],
      floats(matrix.scales),
    );
  }
  const ones = floats(new Float32Array(shape.hidden).fill(1));
  for (let norm = 0; norm <= 2 * shape.layers; norm++) constant(`norm.${norm}`, DataType.FLOAT, [shape.hidden], ones);
  const half = shape.headSize / 2;
  for (const [name, wave] of [
    ['cosines', Math.cos],
    ['sines', Math.sin],
  ] as const) {
    const angle = (at: number) => Math.floor(at / half) * shape.rotationBase ** (-(at % half) / half);
    constant(
      name,
      DataType.FLOAT,
      [shape.contextLength, half],
      floats(Float32Array.from({ length: shape.contextLength * half }, (_, at) => wave(angle(at)))),
    );
  }
  addNodes(graph, shape);
  if (file !== undefined) closeSync(file);
  const opsetImport = [
    { domain: '', version: 20n },
    { domain: microsoft, version: 1n },
  ];
  writeFileSync(path, toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 10n, opsetImport, graph })));
  return path;
}

const stringEntry = StringStringEntryProtoSchema;

function addNodes(graph: GraphProto, shape: DecoderShape): void {
  const { hidden, heads, keyValueHeads, headSize, layers, vocabulary, normEpsilon } = shape;
  const add = (made: NodeProto) => void graph.node.push(made);
  const matmul = (input: string, weights: string, output: string, rows: number, columns: number) =>
    add(
      node('MatMulNBits', [input, `${weights}.q4`, `${weights}.scales`], [output], {
        domain: microsoft,
        attributes: { K: BigInt(columns), N: BigInt(rows), bits: 4n, block_size: BigInt(blockSize) },
      }),
    );

  graph.input.push(
    valueInfo('input_ids', DataType.INT64, ['batch_size', 'sequence']),
    valueInfo('attention_mask', DataType.INT64, ['batch_size', 'total']),
  );
  graph.initializer.push(
    integers('one', [1n]),
    create(TensorProtoSchema, { name: 'second', dataType: DataType.INT64, int64Data: [1n] }),
  );
  add(node('ReduceSum', ['attention_mask', 'one'], ['lengths'], { attributes: { keepdims: 0n } }));
  add(node('Sub', ['lengths', 'one'], ['last']));
  add(node('Cast', ['last'], ['seqlens_k'], { attributes: { to: BigInt(DataType.INT32) } }));
  add(node('Shape', ['attention_mask'], ['mask_shape']));
  add(node('Gather', ['mask_shape', 'second'], ['total']));
  add(node('Cast', ['total'], ['total_length'], { attributes: { to: BigInt(DataType.INT32) } }));

  graph.initializer.push(integers('table.shape', [BigInt(vocabulary), BigInt(hidden / 2)]));
  add(node('Reshape', ['table.q4', 'table.shape'], ['table.rows']));
  graph.initializer.push(integers('table.scales.shape', [BigInt(vocabulary), BigInt(hidden / blockSize)]));
  add(node('Reshape', ['table.scales', 'table.scales.shape'], ['table.scales.rows']));
  add(
    node('GatherBlockQuantized', ['table.rows', 'input_ids', 'table.scales.rows'], ['embedded'], {
      domain: microsoft,
      attributes: { bits: 4n, block_size: BigInt(blockSize), gather_axis: 0n, quantize_axis: 1n },
    }),
  );
  add(
    node('SimplifiedLayerNormalization', ['embedded', 'norm.0'], ['0.in'], {
      attributes: { axis: -1n, epsilon: normEpsilon },
    }),
  );

  let stream = 'embedded';
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string) => `${layer}.${part}`;
    const cache = (prefix: string, part: string) => `${prefix}.${layer}.${part}`;
    for (const part of ['key', 'value']) {
      const form = (rows: string) => ['batch_size', keyValueHeads, rows, headSize];
      graph.input.push(valueInfo(cache('past_key_values', part), DataType.FLOAT, form('past')));
      graph.output.push(valueInfo(cache('present', part), DataType.FLOAT, form('total')));
    }
    matmul(name('in'), name('query'), name('q'), heads * headSize, hidden);
    matmul(name('in'), name('key'), name('k'), keyValueHeads * headSize, hidden);
    matmul(name('in'), name('value'), name('v'), keyValueHeads * headSize, hidden);
    add(
      node(
        'GroupQueryAttention',
        [
          name('q'),
          name('k'),
          name('v'),
          cache('past_key_values', 'key'),
          cache('past_key_values', 'value'),
          'seqlens_k',
          'total_length',
          'cosines',
          'sines',
        ],
        [name('mixed'), cache('present', 'key'), cache('present', 'value')],
        {
          domain: microsoft,
          attributes: {
            num_heads: BigInt(heads),
            kv_num_heads: BigInt(keyValueHeads),
            do_rotary: 1n,
            scale: headSize ** -0.5,
          },
        },
      ),
    );
    matmul(name('mixed'), name('out'), name('attended'), hidden, heads * headSize);
    stream = addNorm(graph, stream, name('attended'), 2 * layer + 1, name('mlp'), normEpsilon);
    matmul(name('mlp'), name('gate'), name('g'), shape.feedForward, hidden);
    matmul(name('mlp'), name('up'), name('u'), shape.feedForward, hidden);
    add(node('Sigmoid', [name('g')], [name('sigmoid')]));
    add(node('Mul', [name('g'), name('sigmoid')], [name('silu')]));
    add(node('Mul', [name('silu'), name('u')], [name('gated')]));
    matmul(name('gated'), name('down'), name('fed'), hidden, shape.feedForward);
    stream = addNorm(
      graph,
      stream,
      name('fed'),
      2 * layer + 2,
      layer + 1 < layers ? `${layer + 1}.in` : 'final',
      normEpsilon,
    );
  }
  matmul('final', 'table', 'logits', vocabulary, hidden);
  graph.output.unshift(valueInfo('logits', DataType.FLOAT, ['batch_size', 'sequence', vocabulary]));
}

/** Adds `update` to the stream and normalises the sum. @returns name of the new stream */
function addNorm(
  graph: GraphProto,
  stream: string,
  update: string,
  norm: number,
  output: string,
  epsilon: number,
): string {
  const sum = `stream.${norm}`;
  graph.node.push(
    node('SkipSimplifiedLayerNormalization', [stream, update, `norm.${norm}`], [output, '', '', sum], {
      domain: microsoft,
      attributes: { epsilon },
    }),
  );
  return sum;
}

/** Two neighbouring weights in a byte, the first one in its lower half. */
function packNeighbours({ nibbles }: Matrix): Uint8Array {
  return Uint8Array.from(
    { length: nibbles.length / 2 },
    (_, at) => (nibbles[2 * at] as number) | ((nibbles[2 * at + 1] as number) << 4),
  );
}

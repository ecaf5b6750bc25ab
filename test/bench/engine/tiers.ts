/** The weights of a decoder in other forms than 4 bits in blocks of 32: what they save, and what they cost. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { readFileSync, writeFileSync } from 'node:fs';
import { attribute } from '../../../src/engine/graphs/elements';
import { DataType, ModelProtoSchema, TensorProtoSchema } from '../../../src/engine/graphs/onnx';
import type { NodeProto, TensorProto } from '../../../src/engine/graphs/onnx';
import { openSession } from '../../../src/engine/runtime/session';
import type { DecoderShape } from '../../support/decoderModel/shape';
import { createRandom } from '../../support/random';

/** Bits of a weight, and weights that share a scale. */
interface Tier {
  readonly bits: 4 | 8;
  readonly block: number;
}

export const tiers = { block128: { bits: 4, block: 128 }, bits8: { bits: 8, block: 32 } } as const satisfies Record<
  string,
  Tier
>;
export type TierName = keyof typeof tiers;

/** Writes a graph anew whose 4-bit matrices are rounded to a tier; all else stays. The weights lie in the file itself. */
export function writeTier(from: string, to: string, tier: Tier): void {
  const model = fromBinary(ModelProtoSchema, readFileSync(from));
  if (!model.graph) throw new Error(`${from} holds no graph.`);
  const constants = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]));
  const made = new Map<string, readonly [codes: TensorProto, scales: TensorProto]>();
  for (const product of model.graph.node) {
    const [, codes, scales] = product.input.map((name) => constants.get(name));
    if (product.opType !== 'MatMulNBits' || integer(product, 'bits') !== 4 || !codes || !scales) continue;
    const [rows, columns, block] = [integer(product, 'N'), integer(product, 'K'), integer(product, 'block_size')];
    const rounded =
      made.get(codes.name) ??
      round(codes.name, unpack(codes.rawData, floatsOf(scales), rows, columns, block), rows, columns, tier);
    made.set(codes.name, rounded);
    product.input.splice(1, 2, rounded[0].name, rounded[1].name);
    product.attribute = product.attribute.filter(({ name }) => name !== 'bits' && name !== 'block_size');
    product.attribute.push(attribute('bits', BigInt(tier.bits)), attribute('block_size', BigInt(tier.block)));
  }
  for (const pair of made.values()) model.graph.initializer.push(...pair);
  const used = new Set(model.graph.node.flatMap(({ input }) => input));
  model.graph.initializer = model.graph.initializer.filter(({ name }) => used.has(name));
  writeFileSync(to, toBinary(ModelProtoSchema, model));
}

const integer = (node: NodeProto, name: string): number => Number(node.attribute.find((one) => one.name === name)?.i);
/** Copied: four bytes of a file need not lie where a float may. */
const floatsOf = ({ rawData }: TensorProto): Float32Array => new Float32Array(Uint8Array.from(rawData).buffer);

/** @returns weights [rows, columns] */
function unpack(codes: Uint8Array, scales: Float32Array, rows: number, columns: number, block: number): Float32Array {
  const blocks = Math.ceil(columns / block);
  const weights = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * blocks * block + column;
      const code = ((codes[at >> 1] as number) >> (4 * (at & 1))) & 15;
      weights[row * columns + column] = (code - 8) * (scales[row * blocks + Math.floor(column / block)] as number);
    }
  }
  return weights;
}

function round(
  name: string,
  weights: Float32Array,
  rows: number,
  columns: number,
  { bits, block }: Tier,
): readonly [TensorProto, TensorProto] {
  const blocks = Math.ceil(columns / block);
  const codes = new Uint8Array((rows * blocks * block * bits) / 8);
  const scales = new Float32Array(rows * blocks);
  const [zero, most] = bits === 4 ? [8, 15] : [128, 255];
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < blocks; index++) {
      const part = weights.subarray(
        row * columns + index * block,
        row * columns + Math.min(columns, (index + 1) * block),
      );
      const largest = part.reduce((found, value) => (Math.abs(value) > Math.abs(found) ? value : found), 0);
      // Four bits have one step more on one side, which the largest weight gets, as in Q4_0.
      const scale = bits === 4 ? largest / -8 : Math.abs(largest) / 127;
      scales[row * blocks + index] = scale;
      part.forEach((value, offset) => {
        const code = scale === 0 ? zero : Math.min(most, Math.max(0, Math.round(value / scale) + zero));
        const at = (row * blocks + index) * block + offset;
        if (bits === 8) codes[at] = code;
        else codes[at >> 1] = (codes[at >> 1] as number) | (code << (4 * (at & 1)));
      });
    }
  }
  const tensor = (part: string, dataType: DataType, dims: readonly number[], data: Uint8Array | Float32Array) =>
    create(TensorProtoSchema, {
      name: `${name}.${part}`,
      dataType,
      dims: dims.map(BigInt),
      rawData: new Uint8Array(data.buffer),
    });
  return [
    tensor('codes', DataType.UINT8, [rows, blocks, (block * bits) / 8], codes),
    tensor('scales', DataType.FLOAT, [scales.length], scales),
  ];
}

/** Random tokens that distances are measured on. */
const tokens = 96;

/**
 * How far a tier's predictions are from those of the weights that it was made of: the mean Kullback-Leibler divergence, nats a
 * token. Weights are random here: that compares tiers, and tells nothing of what a trained model loses.
 */
export async function tierDistance(graph: string, tierGraph: string, shape: DecoderShape): Promise<number> {
  const [wanted, found] = [await logitsOf(graph, shape), await logitsOf(tierGraph, shape)];
  let sum = 0;
  for (let at = 0; at < tokens; at++) {
    const [p, q] = [wanted, found].map((logits) =>
      logLikelihoods(logits.subarray(at * shape.vocabulary, (at + 1) * shape.vocabulary)),
    ) as [Float64Array, Float64Array];
    p.forEach((value, id) => {
      sum += Math.exp(value) * (value - (q[id] as number));
    });
  }
  return sum / tokens;
}

function logLikelihoods(logits: Float32Array): Float64Array {
  const most = logits.reduce((found, value) => Math.max(found, value), -Infinity);
  const total = most + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - most), 0));
  return Float64Array.from(logits, (value) => value - total);
}

/** Logits [tokens, vocabulary] of the same text each time; the graph is in the public layout. */
async function logitsOf(
  graph: string,
  { vocabulary, layers, keyValueHeads, headSize }: DecoderShape,
): Promise<Float32Array> {
  const session = await openSession(graph, { threads: 1 });
  try {
    const random = createRandom(2);
    const int64 = (value: () => number) =>
      session.tensor(
        'int64',
        BigInt64Array.from({ length: tokens }, () => BigInt(value())),
        [1, tokens],
      );
    const empty = () => session.tensor('float32', new Float32Array(0), [1, keyValueHeads, 0, headSize]);
    const caches = Array.from({ length: layers }, (_, layer) =>
      ['key', 'value'].map((part) => [`past_key_values.${layer}.${part}`, empty()] as const),
    ).flat();
    const outputs = await session.run({
      input_ids: int64(() => Math.floor(random() * vocabulary)),
      attention_mask: int64(() => 1),
      ...Object.fromEntries(caches),
    });
    return outputs.logits?.data as Float32Array;
  } finally {
    await session.dispose();
  }
}

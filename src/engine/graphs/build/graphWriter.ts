/** Collects the nodes and constants of a graph that is being built; every method returns the name of what it adds. */
import { create } from '@bufbuild/protobuf';
import { basename } from 'node:path';
import { storedBlockLength } from '../../../modelFolder/weightMatrix';
import type { BlockCodes, OffsetBlocks, WeightMatrix } from '../../../modelFolder/weightMatrix';
import { integers, microsoft, node } from '../elements';
import type { NodeOptions } from '../elements';
import { GraphProtoSchema, ModelProtoSchema, OperatorSetIdProtoSchema, DataType, TensorProtoSchema } from '../onnx';
import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from '../onnx';
import { quantizeBlocks } from './blockQuantization';
import type { BlockLength } from './blockQuantization';
import { sumBlocks, widthWithSums, withZeroPoints } from './offsetBlocks';
import type { WeightWriter } from './weightWriter';

/** How matrices are stored. */
export type Precision =
  | { readonly bits: 32 }
  /** With int8 activations, kernels round rows to int8 in blocks (`accuracy_level` 4), which is what they are fast at. */
  | BlockPrecision;

export interface BlockPrecision {
  /** `asStored`: the file's own codes where it has such as a product takes, else 8. */
  readonly bits: 4 | 8 | 'asStored';
  readonly block: BlockLength;
  readonly int8Activations: boolean;
}

/** Constants of fewer bytes stay in the graph, where the runtime sees shapes and axes. */
const minWeightBytes = 1024;
/** Of ONNX: the first version with GELU, and none of what is used here has changed since. */
const operatorSets = { '': 20n, [microsoft]: 1n };
const irVersion = 10n;

export class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #constants = new Map<string, TensorProto>();
  /** Names of rows with the sums of their blocks behind them, by those of the rows. */
  readonly #widened = new Map<string, string>();

  constructor(private readonly weights: WeightWriter) {}

  node(operator: string, input: readonly string[], output: string, options?: NodeOptions): string {
    this.nodes(operator, input, [output], options);
    return output;
  }

  /** A node with several outputs; an empty string stands for one that is left out. */
  nodes(operator: string, input: readonly string[], output: readonly string[], options?: NodeOptions): void {
    this.#nodes.push(node(operator, input, output, options));
  }

  /** A one-dimensional int64 constant. */
  integers(...values: readonly bigint[]): string {
    const name = `int64/${values.join('/')}`;
    if (!this.#constants.has(name)) this.#constants.set(name, integers(name, values));
    return name;
  }

  /** A float32 constant without dimensions. */
  float(value: number): string {
    const name = `float32/${value}`;
    if (!this.#constants.has(name))
      this.#constants.set(name, create(TensorProtoSchema, { name, dataType: DataType.FLOAT, floatData: [value] }));
    return name;
  }

  /** A float32 constant; one-dimensional unless dimensions are given. */
  async floats(name: string, values: Float32Array, dims: readonly number[] = [values.length]): Promise<string> {
    return this.#constant(name, DataType.FLOAT, dims, [values]);
  }

  /** An int8 constant. */
  async bytes(name: string, values: Int8Array, dims: readonly number[]): Promise<string> {
    return this.#constant(name, DataType.INT8, dims, [values]);
  }

  /** x · weightᵀ, with a bias where there is one. */
  async product(
    x: string,
    name: string,
    weight: WeightMatrix,
    precision: Precision,
    bias?: Float32Array,
  ): Promise<string> {
    const added = bias && (await this.floats(`${name}.bias`, bias));
    const product = `${name}.product`;
    if (precision.bits === 32 || weight.columns % precision.block !== 0) {
      const turned = this.node('Transpose', [await this.table(name, weight)], `${name}.turned`, {
        attributes: { perm: [1n, 0n] },
      });
      if (added === undefined) return this.node('MatMul', [x, turned], product);
      return this.node('Add', [this.node('MatMul', [x, turned], `${name}.unbiased`), added], product);
    }
    const stored = precision.bits === 'asStored' && precision.block === storedBlockLength ? weight.blocks : undefined;
    const offset = stored?.hasOffsets ? (stored as OffsetStripes) : undefined;
    const { codes, scales, zeroPoints, bits } = offset
      ? await this.#withZeroPoints(name, weight, offset)
      : { ...(await this.quantized(name, weight, precision)), zeroPoints: undefined };
    const input = [
      offset ? this.#withBlockSums(x, weight.columns) : x,
      codes,
      scales,
      zeroPoints ?? '',
      '',
      added ?? '',
    ];
    while (input.at(-1) === '') input.pop();
    return this.node('MatMulNBits', input, product, {
      domain: microsoft,
      attributes: {
        K: BigInt(offset ? widthWithSums(weight.columns) : weight.columns),
        N: BigInt(weight.rows),
        bits: BigInt(bits),
        block_size: BigInt(precision.block),
        ...(precision.int8Activations && { accuracy_level: 4n }),
      },
    });
  }

  /** A matrix as it is, [rows, columns] float32. */
  async table(name: string, weight: WeightMatrix): Promise<string> {
    return this.#constant(`${name}.weight`, DataType.FLOAT, [weight.rows, weight.columns], weight.stripes());
  }

  /** The codes [rows, blocks, bytes of a block] and scales [rows, blocks] of a matrix of whole blocks. */
  async quantized(
    name: string,
    weight: WeightMatrix,
    { bits: wanted, block }: BlockPrecision,
  ): Promise<{ readonly codes: string; readonly scales: string; readonly bits: 4 | 8 }> {
    const stored = wanted === 'asStored' && block === storedBlockLength ? weight.blocks : undefined;
    const bits = wanted === 'asStored' ? (stored?.bits ?? 8) : wanted;
    const names = { codes: `${name}.codes`, scales: `${name}.scales`, bits };
    if (this.#constants.has(names.codes)) return names;
    const { rows, columns } = weight;
    const scales: Float32Array[] = [];
    async function* codes(): AsyncGenerator<Uint8Array> {
      for await (const stripe of stored?.stripes() ?? rounded(weight, bits, block)) {
        scales.push(stripe.scales);
        yield stripe.codes;
      }
    }
    const blocks = columns / block;
    await this.#constant(names.codes, DataType.UINT8, [rows, blocks, (block * bits) / 8], codes());
    await this.#constant(names.scales, DataType.FLOAT, [rows, blocks], scales);
    return names;
  }

  /** The codes, scales and zero points of a matrix with offsets, for rows with the sums of their blocks behind them. */
  async #withZeroPoints(name: string, { rows, columns }: WeightMatrix, stored: OffsetStripes) {
    const names = { codes: `${name}.codes`, scales: `${name}.scales`, zeroPoints: `${name}.zero_points`, bits: 4 };
    const [scales, zeroPoints] = [[] as Float32Array[], [] as Uint8Array[]];
    async function* codes(): AsyncGenerator<Uint8Array> {
      for await (const stripe of stored.stripes()) {
        const made = withZeroPoints(stripe, columns / storedBlockLength);
        scales.push(made.scales);
        zeroPoints.push(made.zeroPoints);
        yield made.codes;
      }
    }
    const blocks = widthWithSums(columns) / storedBlockLength;
    await this.#constant(names.codes, DataType.UINT8, [rows, blocks, storedBlockLength / 2], codes());
    await this.#constant(names.scales, DataType.FLOAT, [rows, blocks], scales);
    await this.#constant(names.zeroPoints, DataType.UINT8, [rows, Math.ceil(blocks / 2)], zeroPoints);
    return names;
  }

  /** Rows [1, S, columns] with the sums of their blocks behind them, twice, each time filled up to whole blocks. */
  #withBlockSums(x: string, columns: number): string {
    const found = this.#widened.get(x);
    if (found !== undefined) return found;
    const blocks = columns / storedBlockLength;
    const missing = storedBlockLength * sumBlocks(blocks) - blocks;
    const shape = this.integers(0n, 0n, BigInt(blocks), BigInt(storedBlockLength));
    const last = this.integers(-1n);
    const apart = this.node('Reshape', [x, shape], `${x}.blocks`);
    const sums = this.node('ReduceSum', [apart, last], `${x}.sums`, { attributes: { keepdims: 0n } });
    const filled = this.node('Pad', [sums, this.integers(0n, BigInt(missing)), '', last], `${x}.filled_sums`);
    const widened = this.node('Concat', [x, filled, filled], `${x}.with_sums`, { attributes: { axis: -1n } });
    this.#widened.set(x, widened);
    return widened;
  }

  /** The finished graph. */
  model(name: string, input: readonly ValueInfoProto[], output: readonly ValueInfoProto[]): ModelProto {
    return create(ModelProtoSchema, {
      irVersion,
      producerName: 'glassbox',
      opsetImport: Object.entries(operatorSets).map(([domain, version]) =>
        create(OperatorSetIdProtoSchema, { domain, version }),
      ),
      graph: create(GraphProtoSchema, {
        name: basename(name),
        node: this.#nodes,
        initializer: [...this.#constants.values()],
        input: [...input],
        output: [...output],
      }),
    });
  }

  async #constant(
    name: string,
    dataType: DataType,
    dims: readonly number[],
    pieces: AsyncIterable<ArrayBufferView> | readonly ArrayBufferView[],
  ): Promise<string> {
    if (this.#constants.has(name)) return name;
    const small = Symbol.asyncIterator in pieces ? undefined : Buffer.concat(pieces.map(bytesOf));
    const tensor =
      small && small.length < minWeightBytes
        ? create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData: small })
        : await this.weights.write(name, dataType, dims, pieces);
    this.#constants.set(name, tensor);
    return name;
  }
}

/** Blocks of a file that have offsets. */
interface OffsetStripes {
  stripes(): AsyncIterable<OffsetBlocks>;
}

async function* rounded(weight: WeightMatrix, bits: 4 | 8, block: BlockLength): AsyncGenerator<BlockCodes> {
  for await (const stripe of weight.stripes()) yield quantizeBlocks(stripe, bits, block);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Graph rewrite that makes products with constant matrices multiply bytes, with each row rounded on its own; used by
 * `prepareEncoder.ts`. Products that make the values of fused multi-head attention stay unchanged.
 */
import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { microsoft, node } from '../elements';
import type { NodeOptions } from '../elements';
import type { GraphEditor } from '../graphEditor';
import { AttributeProtoSchema, AttributeType, DataType, TensorProtoSchema } from '../onnx';
import type { NodeProto, TensorProto } from '../onnx';

/** Smaller constants are no weights: frequencies, masks. */
const minSide = 32;
/** The oldest operators with all that is used here, and the first whose `ReduceMax` takes its axes as an input. */
const oldest = 11;
const axesAsInput = 18;
/** Inputs of MatMulNBits behind its scales: zero points, the order of groups, a bias. */
const extras = [3, 4, 5];

const float: number = DataType.FLOAT;
const byte: number = DataType.INT8;

/** Steps from zero to the largest value, on either side. */
const steps = 127;
/** In place of the largest value where all are zero. */
const least = 1e-30;
/** What stands for zero where bytes have no sign. */
const byteCentre = 128;
const maxByte = 255;

/** Operators whose results have no large negative values. */
const gelus = ['Gelu', 'BiasGelu', 'FastGelu'];
/** Below this a GELU never falls: its least value is −0.16997. */
const maxGeluDip = 0.17;
/** What stands for zero in bytes of such results: few steps below it, so that there are many above. */
const geluCentre = 16;

/** A matrix of weights, stored as [rows, columns] or in blocks. */
interface Weights {
  /** The constant that holds it. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Where it is [columns, blocks, values of a block] bytes around 128: the constant that has a scale for each block, and how many there are in a column. */
  readonly blocks?: { readonly scales: string; readonly count: number };
  /** Where it is [rows, columns] bytes around 0: the constant that has a scale for each column. */
  readonly columnScales?: string;
}

/**
 * Lets products with constant matrices multiply bytes: two to three times as fast where a processor has instructions for
 * that. Each row of activations is rounded to 255 steps between minus and plus its largest value (behind a GELU, to as many from
 * its least value on), each column of weights likewise, so that a row's result depends on nothing else in the batch. The weights are rounded when the graph is loaded;
 * the file stays as it is.
 *
 * Changed are `MatMul` with float32 weights, or with weights that the graph itself makes of bytes and a scale for each column,
 * which are taken as they are; and `MatMulNBits` with 8 bits, whose own kernel is slower for many rows. What makes the values
 * of a `MultiHeadAttention` stays as it is.
 *
 * @param version of the ONNX operators that the graph uses
 * @returns how many products were changed
 */
export function roundRows(editor: GraphEditor, version: number): number {
  if (version < oldest) return 0;
  const constants = new Map(editor.graph.initializer.map((tensor) => [tensor.name, tensor]));
  const products = editor.graph.node.flatMap((product) => {
    const weights = makesValues(product, editor) ? undefined : weightsOf(product, constants, editor);
    return weights ? [{ product, weights }] : [];
  });
  if (products.length === 0) return 0;
  const rounding = new Rounding(editor, version);
  for (const { product, weights } of products) rounding.change(product, weights);
  return products.length;
}

/** Whether a product makes what an attention averages: rounding that moves vectors more than all other products together. */
const makesValues = (product: NodeProto, editor: GraphEditor): boolean =>
  editor
    .users(product.output[0] ?? '')
    .some(({ opType, input }) => opType === 'MultiHeadAttention' && input[2] === product.output[0]);

function weightsOf(
  product: NodeProto,
  constants: ReadonlyMap<string, TensorProto>,
  editor: GraphEditor,
): Weights | undefined {
  const name = product.input[1] ?? '';
  const stored = constants.get(name);
  const isPlain = product.opType === 'MatMul' && product.domain === '';
  let weights: Weights | undefined;
  if (isPlain) weights = stored ? plainWeights(stored) : scaledWeights(editor.producer(name), constants, editor);
  else if (stored && product.opType === 'MatMulNBits' && product.domain === microsoft)
    weights = blockWeights(product, stored, constants);
  return weights && Math.min(weights.rows, weights.columns) >= minSide ? weights : undefined;
}

function plainWeights({ name, dims, dataType }: TensorProto): Weights | undefined {
  const [rows, columns, ...more] = dims.map(Number);
  return dataType === float && rows !== undefined && columns !== undefined && more.length === 0
    ? { name, rows, columns }
    : undefined;
}

/** @param made what makes the weights: `Mul` of bytes, cast to float32, and a scale for each column */
function scaledWeights(
  made: NodeProto | undefined,
  constants: ReadonlyMap<string, TensorProto>,
  editor: GraphEditor,
): Weights | undefined {
  if (made?.opType !== 'Mul' || made.domain !== '') return undefined;
  const [cast, scale] = [editor.producer(made.input[0] ?? ''), constants.get(made.input[1] ?? '')];
  const stored = cast?.opType === 'Cast' ? constants.get(cast.input[0] ?? '') : undefined;
  if (stored?.dataType !== byte || scale?.dataType !== float) return undefined;
  const [rows, columns, ...more] = stored.dims.map(Number);
  if (rows === undefined || columns === undefined || more.length > 0) return undefined;
  // [columns] or [1, columns]; one of [rows, 1] scales rows.
  const isPerColumn = Number(scale.dims.at(-1)) === columns && scale.dims.slice(0, -1).every((size) => size === 1n);
  return isPerColumn ? { name: stored.name, rows, columns, columnScales: scale.name } : undefined;
}

function blockWeights(
  product: NodeProto,
  { name }: TensorProto,
  constants: ReadonlyMap<string, TensorProto>,
): Weights | undefined {
  const [rows = 0, columns = 0, bits, size = 1] = ['K', 'N', 'bits', 'block_size'].map((key) =>
    Number(product.attribute.find((one) => one.name === key)?.i),
  );
  const scales = product.input[2] ?? '';
  const fits =
    bits === 8 &&
    rows % size === 0 &&
    constants.get(scales)?.dataType === float &&
    !extras.some((at) => product.input[at]);
  return fits ? { name, rows, columns, blocks: { scales, count: rows / size } } : undefined;
}

/** Changes the products of one graph. What several of them use is made once. */
class Rounding {
  /** Values in bytes, and what they are to be multiplied by, by the name of the values. */
  readonly #rows = new Map<string, RoundedRows>();
  readonly #columns = new Map<string, Rounded>();
  readonly #constants = new Set<string>();
  /** Nodes that go in front of the product that is being changed. */
  #nodes: NodeProto[] = [];

  constructor(
    private readonly editor: GraphEditor,
    private readonly version: number,
  ) {}

  /** The product becomes its own last step: what bytes gave, times the largest value of each row. */
  change(product: NodeProto, weights: Weights): void {
    const row = once(this.#rows, product.input[0] ?? '', (name) => this.#roundInput(name));
    const column = once(this.#columns, weights.name, () => this.#roundWeights(weights));
    const factors = [row.bytes, column.bytes, row.step, column.scale, row.zero];
    const scaled = this.#add('MatMulIntegerToFloat', factors, own(product.output[0] ?? '', 'scaled'), {
      domain: microsoft,
    });
    this.editor.insert(this.#nodes.splice(0), product);
    for (const at of product.input.keys()) this.editor.replaceInput(product, at, [scaled, row.scale][at] ?? '');
    product.input.length = 2;
    Object.assign(product, { opType: 'Mul', domain: '', attribute: [] });
  }

  /** Bytes around what stands for zero, and the value of the largest byte in each row. */
  #roundInput(input: string): RoundedRows {
    const isGelu = gelus.includes(this.editor.producer(input)?.opType ?? '');
    const centre = isGelu ? geluCentre : byteCentre;
    const above = maxByte - centre;
    const sizes = isGelu ? input : this.#add('Abs', [input], own(input, 'sizes'));
    const floor = this.#number(isGelu ? (maxGeluDip * above) / centre : least);
    const scale = this.#add('Max', [this.#largest(sizes, -1, true), floor], own(input, 'scale'));
    const inverse = this.#add('Reciprocal', [scale], own(input, 'inverse'));
    const shares = this.#add('Mul', [input, inverse], own(input, 'shares'));
    const [step, zero] = [this.#number(1 / above), this.#byte(centre)];
    return { bytes: this.#add('QuantizeLinear', [shares, step, zero], own(input, 'bytes')), scale, step, zero };
  }

  /** Bytes around 0, and what a step is worth in each column. All of it is calculated when the graph is loaded. */
  #roundWeights(weights: Weights): Rounded {
    if (weights.columnScales !== undefined) {
      const column = [weights.columnScales, this.#integers(weights.columns)];
      return { bytes: weights.name, scale: this.#add('Reshape', column, own(weights.name, 'scale')) };
    }
    const plain = this.#plain(weights);
    const sizes = this.#add('Abs', [plain], own(plain, 'sizes'));
    const largest = this.#add('Max', [this.#largest(sizes, 0, false), this.#number(least)], own(plain, 'largest'));
    const scale = this.#add('Mul', [largest, this.#number(1 / steps)], own(plain, 'scale'));
    const counted = this.#add('Round', [this.#add('Div', [plain, scale], own(plain, 'counts'))], own(plain, 'rounded'));
    return {
      bytes: this.#add('Cast', [counted], own(plain, 'bytes'), { attributes: { to: BigInt(DataType.INT8) } }),
      scale,
    };
  }

  /** @returns the name of a matrix's values as [rows, columns] of float32 */
  #plain({ name, rows, columns, blocks }: Weights): string {
    if (!blocks) return name;
    const numbers = this.#add('Cast', [name], own(name, 'numbers'), { attributes: { to: BigInt(DataType.FLOAT) } });
    const centred = this.#add('Sub', [numbers, this.#number(byteCentre)], own(name, 'centred'));
    const scales = this.#add('Reshape', [blocks.scales, this.#integers(columns, blocks.count, 1)], own(name, 'scales'));
    const values = this.#add('Mul', [centred, scales], own(name, 'values'));
    return this.#add(
      'Transpose',
      [this.#add('Reshape', [values, this.#integers(columns, rows)], own(name, 'columns'))],
      own(name, 'rows'),
    );
  }

  #largest(input: string, axis: number, keeps: boolean): string {
    const inputs = this.version >= axesAsInput ? [input, this.#integers(axis)] : [input];
    const reduced = this.#add('ReduceMax', inputs, own(input, 'largest'), {
      attributes: { keepdims: keeps ? 1n : 0n },
    });
    if (this.version < axesAsInput)
      this.#nodes
        .at(-1)
        ?.attribute.push(
          create(AttributeProtoSchema, { name: 'axes', type: AttributeType.INTS, ints: [BigInt(axis)] }),
        );
    return reduced;
  }

  #add(operator: string, inputs: readonly string[], output: string, options?: NodeOptions): string {
    this.#nodes.push(node(operator, inputs, [output], options));
    return output;
  }

  #byte(value: number): string {
    return this.#constant(`byte/${value}`, { dataType: DataType.UINT8, rawData: Uint8Array.of(value) });
  }

  #number(value: number): string {
    return this.#constant(`number/${value}`, { dataType: DataType.FLOAT, floatData: [value] });
  }

  #integers(...values: readonly number[]): string {
    return this.#constant(`integers/${values.join('/')}`, {
      dataType: DataType.INT64,
      dims: [BigInt(values.length)],
      int64Data: values.map(BigInt),
    });
  }

  #constant(kind: string, tensor: MessageInitShape<typeof TensorProtoSchema>): string {
    const name = `glassbox/${kind}`;
    if (!this.#constants.has(name)) this.editor.define(create(TensorProtoSchema, { ...tensor, name }));
    this.#constants.add(name);
    return name;
  }
}

/** Names of values in bytes, and of what they are to be multiplied by. */
interface Rounded {
  readonly bytes: string;
  readonly scale: string;
}

/** The same of rows of activations, with what a step of a byte is worth as a share of that, and the byte that stands for zero. */
interface RoundedRows extends Rounded {
  readonly step: string;
  readonly zero: string;
}

function once<T>(known: Map<string, T>, name: string, make: (name: string) => T): T {
  const found = known.get(name) ?? make(name);
  known.set(name, found);
  return found;
}

const own = (value: string, part: string): string => `glassbox/${value}/${part}`;

/**
 * Finds the projection matrix after each layer's attention and builds a graph of its Gram matrix per head; used by
 * `openDecoder.ts` and `graphReader.ts`, and run by `valueNorms.ts`.
 */
import { clone, create, toBinary } from '@bufbuild/protobuf';
import { integers, node, valueInfo } from '../../graphs/elements';
import type { GraphEditor } from '../../graphs/graphEditor';
import {
  AttributeProtoSchema,
  AttributeType,
  DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
} from '../../graphs/onnx';
import type { GraphProto, ModelProto, NodeProto } from '../../graphs/onnx';

/** Input [heads·size, heads·size]: ones on the diagonal. */
export const identityInput = 'glassbox/identity';
export const gramOutput = (layer: number): string => `glassbox/gram/${layer}`;

const shapeOfHeads = 'glassbox/shape_of_heads';

/** Query heads, values of each, and what the graph calculates in. */
export interface HeadForm {
  readonly heads: number;
  readonly size: number;
  readonly type: DataType.FLOAT | DataType.FLOAT16;
}

/**
 * Operators between attention and the matrix behind it that keep heads and their values in their order, or restore it.
 * `Slice`: a last layer may go on with the last tokens alone. One that cut off heads would leave a matrix of another size,
 * which the ones on the diagonal do not fit.
 */
const passing = new Set(['Transpose', 'Reshape', 'Cast', 'Identity', 'Squeeze', 'Unsqueeze', 'Slice']);
const maxSteps = 6;

/**
 * A graph that calculates W·Wᵀ of each head of each layer, with W [size, width] the head's rows of the matrix behind
 * attention: ‖v·W‖² is then v·(W·Wᵀ)·vᵀ. Every matrix is asked what it makes of ones on the diagonal, so that however
 * it is stored, quantised or transposed, the runtime's own operator unpacks it.
 *
 * @param mixed for each layer, the value that attention makes
 * @returns the ONNX file's content, or undefined where a layer has no such matrix
 */
export function gramGraph(
  model: ModelProto,
  editor: GraphEditor,
  mixed: readonly string[],
  { heads, size, type }: HeadForm,
): Uint8Array | undefined {
  const graph = create(GraphProtoSchema, { name: 'gram' });
  const half = type === DataType.FLOAT16;
  graph.input.push(valueInfo(identityInput, DataType.FLOAT, ['n', 'n']));
  graph.initializer.push(integers(shapeOfHeads, [BigInt(heads), BigInt(size), -1n]));
  const identity = half ? 'glassbox/identity/half' : identityInput;
  if (half) graph.node.push(node('Cast', [identityInput], [identity], { attributes: { to: BigInt(type) } }));
  const copied = new Set<string>();
  for (const [layer, value] of mixed.entries()) {
    const product = matrixBehind(editor, value, maxSteps);
    if (!product) return undefined;
    for (const weight of product.weights) copyConstant(editor, weight, graph, copied);
    const made = `glassbox/matrix/${layer}`;
    const asked = clone(NodeProtoSchema, product.node);
    asked.input = asked.input.slice(0, product.weights.length + 1);
    asked.input[0] = product.widened ? widen(editor, product.widened, identity, graph, copied) : identity;
    asked.output = [made];
    graph.node.push(asked, ...gramOf(made, layer));
    graph.output.push(valueInfo(gramOutput(layer), DataType.FLOAT, ['heads', 'size', 'size']));
  }
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: model.irVersion, opsetImport: model.opsetImport, graph }),
  );
}

/** Swaps the last two axes of three. */
function transpose(input: string, output: string): NodeProto {
  const turn = node('Transpose', [input], [output]);
  turn.attribute.push(create(AttributeProtoSchema, { name: 'perm', type: AttributeType.INTS, ints: [0n, 2n, 1n] }));
  return turn;
}

function gramOf(matrix: string, layer: number): NodeProto[] {
  const name = (part: string) => `${matrix}/${part}`;
  return [
    node('Cast', [matrix], [name('floats')], { attributes: { to: BigInt(DataType.FLOAT) } }),
    node('Reshape', [name('floats'), shapeOfHeads], [name('heads')]),
    transpose(name('heads'), name('turned')),
    node('MatMul', [name('heads'), name('turned')], [gramOutput(layer)]),
  ];
}

/**
 * Copies what puts calculated columns behind a row, such as the sums of its blocks, and lets it work on ones on the diagonal
 * as on the rows of a text.
 *
 * @returns name of what comes out
 */
function widen(
  editor: GraphEditor,
  { value, last }: Widened,
  identity: string,
  graph: GraphProto,
  copied: Set<string>,
): string {
  const renamed = (name: string) => `glassbox/widened/${name}`;
  const [text, front] = [`${identity}/text`, 'glassbox/front'];
  if (!copied.has(text)) {
    copied.add(text);
    graph.initializer.push(integers(front, [0n]));
    graph.node.push(node('Unsqueeze', [identity, front], [text]));
  }
  const put = (made: NodeProto): void => {
    const [output = ''] = made.output;
    if (copied.has(renamed(output))) return;
    copied.add(renamed(output));
    const inputs = made.input.map((input) => {
      if (input === value) return text;
      const producer = editor.producer(input);
      if (input === '' || !producer || editor.isFixed(input)) {
        copyConstant(editor, input, graph, copied);
        return input;
      }
      put(producer);
      return renamed(input);
    });
    graph.node.push(Object.assign(clone(NodeProtoSchema, made), { input: inputs, output: [renamed(output)] }));
  };
  put(last);
  return renamed(last.output[0] ?? '');
}

/** Nodes that put columns behind a row which are calculated from it. */
interface Widened {
  readonly value: string;
  readonly last: NodeProto;
}

interface Product {
  readonly node: NodeProto;
  /** What stands between the value and the matrix, where that is more than an order of axes. */
  readonly widened?: Widened | undefined;
  /** Its weights, behind its first input; biases left out. */
  readonly weights: readonly string[];
}

function matrixBehind(editor: GraphEditor, value: string, steps: number): Product | undefined {
  for (const user of editor.users(value)) {
    if (user.input[0] !== value) continue;
    const weights = weightsOf(user);
    if (weights?.every((input) => input === '' || editor.isFixed(input))) return { node: user, weights };
    if (steps === 0) continue;
    if (isWidened(editor, user, value)) {
      const found = matrixBehind(editor, user.output[0] ?? '', 0);
      if (found) return { ...found, widened: { value, last: user } };
    }
    const found = passing.has(user.opType) ? matrixBehind(editor, user.output[0] ?? '', steps - 1) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Whether a node puts columns behind a value, and all of them come from it and from constants. */
const isWidened = (editor: GraphEditor, { opType, input }: NodeProto, value: string): boolean =>
  opType === 'Concat' && input.every((name) => editor.isMadeOf(name, (one) => one === value));

function weightsOf({ opType, input }: NodeProto): string[] | undefined {
  switch (opType) {
    case 'MatMul':
    case 'Gemm':
      return [input[1] ?? ''];
    // Codes, scales and zero points; what follows is a group index and a bias.
    case 'MatMulNBits':
      return input.slice(1, 4);
    default:
      return undefined;
  }
}

/** Copies a constant, or what a constant is calculated with, once. */
function copyConstant(editor: GraphEditor, value: string, graph: GraphProto, copied: Set<string>): void {
  if (value === '' || copied.has(value)) return;
  copied.add(value);
  const initializer = editor.graph.initializer.find(({ name }) => name === value);
  const made = editor.producer(value);
  if (initializer) graph.initializer.push(initializer);
  if (!made) return;
  for (const input of made.input) copyConstant(editor, input, graph, copied);
  for (const output of made.output) copied.add(output);
  graph.node.push(made);
}

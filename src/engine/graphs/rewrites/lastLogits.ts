/**
 * Graph rewrite that computes logits for the last tokens of a run only; used by `prepare.ts`, its shape helpers by
 * `cacheRows.ts`.
 */
import { integers, microsoft, node, valueInfo } from '../elements';
import type { GraphEditor } from '../graphEditor';
import { DataType } from '../onnx';
import type { NodeProto } from '../onnx';

const endOfAxis = 2n ** 63n - 1n;
/** More steps than any export has between its head and its logits: scaling, soft capping, casting. */
const maxSteps = 12;

const elementwise = new Set(['Identity', 'Cast', 'Tanh', 'Add', 'Sub', 'Mul', 'Div']);
const keptInput = 'num_logits_to_keep';

/** Operators that make each row of [batch, rows, values] from the same rows of what they take. */
const rowWise = new Set([
  'MatMulNBits',
  'SimplifiedLayerNormalization',
  'SkipSimplifiedLayerNormalization',
  'Sigmoid',
  'QuickGelu',
  'Mul',
  'Add',
]);
/** Operators that are known to give such rows as their first output, or their fourth. */
const rowMakers = new Set(['GroupQueryAttention', 'MatMulNBits', 'SkipSimplifiedLayerNormalization']);

/**
 * Lets the graph calculate logits for the last `num_logits_to_keep` tokens only: the largest matrix of most models is
 * the one behind all the others. What the last layer does behind its attention is for those tokens only, too.
 *
 * @returns whether the graph has that input now
 */
export function keepLastLogits(editor: GraphEditor): boolean {
  if (editor.input(keptInput)) return true;
  const head = findHead(editor);
  const hidden = head?.input[0];
  if (!head || hidden === undefined || rankOf(editor, 'logits') !== 3) return false;

  const { graph } = editor;
  graph.input.push(valueInfo(keptInput, DataType.INT64, [1]));
  editor.define(integers('glassbox/end', [endOfAxis]), integers('glassbox/positions', [1n]));
  editor.insert([node('Neg', [keptInput], ['glassbox/first_kept'])]);
  const last = lastNodes(editor, head);
  const [first] = graph.node.filter((one) => last.has(one));
  for (const value of takenBy(editor, last)) {
    const kept = `glassbox/kept/${value}`;
    const users = editor.users(value).filter((user) => last.has(user));
    editor.insert([node('Slice', [value, 'glassbox/first_kept', 'glassbox/end', 'glassbox/positions'], [kept])], first);
    for (const user of users) editor.redirect(user, value, kept);
  }
  nameDimension(editor, 'logits', 1, 'kept');
  return true;
}

/** The head, and what only works towards it row by row: behind the attention of the last layer, where that is understood. */
function lastNodes(editor: GraphEditor, head: NodeProto): Set<NodeProto> {
  const found = new Set([head]);
  const serves = (made: NodeProto) =>
    made.output.every(
      (value) => value === '' || (!editor.output(value) && editor.users(value).every((user) => found.has(user))),
    );
  for (const one of found) {
    for (const value of one.input) {
      const made = editor.producer(value);
      if (made && rowWise.has(made.opType) && serves(made)) found.add(made);
    }
  }
  const makers = takenBy(editor, found).map((value) => ({ made: editor.producer(value), value }));
  const known = makers.every(
    ({ made, value }) =>
      made !== undefined && rowMakers.has(made.opType) && [0, 3].includes(made.output.indexOf(value)),
  );
  return known ? found : new Set([head]);
}

/** What nodes take that is neither made of constants nor by one of them. */
function takenBy(editor: GraphEditor, nodes: ReadonlySet<NodeProto>): string[] {
  const values = [...nodes].flatMap(({ input }) => input);
  return [...new Set(values)].filter((value) => {
    const made = editor.producer(value);
    return value !== '' && !editor.isConstant(value) && !isWeightMatrix(editor, value) && !(made && nodes.has(made));
  });
}

/**
 * The matrix product that makes the logits, or what rounds its input for it, where only elementwise steps follow:
 * positions are axis 1 of its input then.
 */
function findHead(editor: GraphEditor): NodeProto | undefined {
  let value = 'logits';
  for (let step = 0; step < maxSteps; step++) {
    const made = editor.producer(value);
    if (!made) return undefined;
    if (isMatrixProduct(editor, made)) return editor.users(value).length <= 1 ? made : undefined;
    const rounding = roundingOf(editor, made);
    if (rounding) return editor.users(value).length <= 1 ? rounding : undefined;
    const varying = made.input.filter((input) => input !== '' && !editor.isConstant(input));
    const [next] = varying;
    if (!elementwise.has(made.opType) || varying.length !== 1 || next === undefined) return undefined;
    value = next;
  }
  return undefined;
}

/**
 * What dynamic quantisation puts in the place of a product: activations rounded by one scale for all of them, a product
 * of integers, and the two scales behind it. With fewer rows the scale fits those better.
 *
 * @param product of the integers' product and the scales
 * @returns the node that rounds, where nothing else uses what it gives
 */
function roundingOf(editor: GraphEditor, product: NodeProto): NodeProto | undefined {
  const factors = product.opType === 'Mul' ? product.input.map((value) => editor.producer(value)) : [];
  const cast = factors.find((made) => made?.opType === 'Cast');
  const scales = factors.find((made) => made !== undefined && made !== cast);
  const integers = cast && editor.producer(cast.input[0] ?? '');
  if (
    !cast ||
    integers?.opType !== 'MatMulInteger' ||
    scales?.opType !== 'Mul' ||
    !isWeightMatrix(editor, integers.input[1] ?? '')
  )
    return undefined;
  const rounding = editor.producer(integers.input[0] ?? '');
  const uses = [...(rounding?.output ?? []), ...integers.output, ...scales.output, ...cast.output].flatMap((value) =>
    editor.users(value),
  );
  return rounding?.opType === 'DynamicQuantizeLinear' &&
    uses.every((user) => [integers, scales, cast, product].includes(user))
    ? rounding
    : undefined;
}

/** A product with a matrix of weights keeps every axis of the other factor but the last. */
function isMatrixProduct(editor: GraphEditor, { opType, domain, input }: NodeProto): boolean {
  if (opType === 'MatMulNBits' && domain === microsoft) return true;
  return opType === 'MatMul' && isWeightMatrix(editor, input[1] ?? '');
}

const weightSteps = new Set(['Identity', 'Cast', 'Transpose', 'DequantizeLinear']);

/** More than any graph has. */
const maxWeightSteps = 8;

/** A constant with two axes, perhaps one that the graph unpacks or transposes when it runs. */
function isWeightMatrix(editor: GraphEditor, value: string, steps = maxWeightSteps): boolean {
  const constant = editor.graph.initializer.find(({ name }) => name === value);
  if (constant) return constant.dims.length === 2;
  const made = editor.producer(value);
  if (made === undefined || steps === 0 || !weightSteps.has(made.opType)) return false;
  return isWeightMatrix(editor, made.input[0] ?? '', steps - 1);
}

/** Number of axes that an output declares. */
function rankOf(editor: GraphEditor, output: string): number | undefined {
  const type = editor.output(output)?.type?.value;
  return type?.case === 'tensorType' ? type.value.shape?.dim.length : undefined;
}

/** Gives a dimension of an output a name of its own, since its size no longer follows what it was named after. */
export function nameDimension(editor: GraphEditor, output: string, axis: number, name: string): void {
  const type = editor.output(output)?.type?.value;
  const dimension = type?.case === 'tensorType' ? type.value.shape?.dim[axis] : undefined;
  if (dimension) dimension.value = { case: 'dimParam', value: name };
}

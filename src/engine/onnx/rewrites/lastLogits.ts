import { integers, microsoft, node, valueInfo } from '../elements';
import type { GraphEditor } from '../graphEditor';
import { TensorProto_DataType as DataType } from '../onnx_pb';
import type { NodeProto } from '../onnx_pb';

const endOfAxis = 2n ** 63n - 1n;
/** More steps than any export has between its head and its logits: scaling, soft capping, casting. */
const mostSteps = 12;

const elementwise = new Set(['Identity', 'Cast', 'Tanh', 'Add', 'Sub', 'Mul', 'Div']);
const keptInput = 'num_logits_to_keep';

/**
 * Lets the graph calculate logits for the last `num_logits_to_keep` tokens only: the largest matrix of most models is
 * the one behind all the others.
 *
 * @returns whether the graph has that input now
 */
export function keepLastLogits(editor: GraphEditor): boolean {
  if (editor.input(keptInput)) return true;
  const head = findHead(editor);
  const hidden = head?.input[0];
  if (!head || hidden === undefined || rankOf(editor, 'logits') !== 3) return false;

  const { graph } = editor;
  const kept = 'glassbox/kept';
  graph.input.push(valueInfo(keptInput, DataType.INT64, [1]));
  graph.initializer.push(integers('glassbox/end', [endOfAxis]), integers('glassbox/positions', [1n]));
  editor.insert(
    [node('Neg', [keptInput], ['glassbox/first_kept']), node('Slice', [hidden, 'glassbox/first_kept', 'glassbox/end', 'glassbox/positions'], [kept])],
    head,
  );
  editor.redirect(head, hidden, kept);
  nameDimension(editor, 'logits', 1, 'kept');
  return true;
}

/** The matrix product that makes the logits, where only elementwise steps follow it: positions are its axis 1 then. */
function findHead(editor: GraphEditor): NodeProto | undefined {
  let value = 'logits';
  for (let step = 0; step < mostSteps; step++) {
    const made = editor.producer(value);
    if (!made) return undefined;
    if (isMatrixProduct(editor, made)) return editor.users(value).length <= 1 ? made : undefined;
    const varying = made.input.filter((input) => input !== '' && !editor.isConstant(input));
    const [next] = varying;
    if (!elementwise.has(made.opType) || varying.length !== 1 || next === undefined) return undefined;
    value = next;
  }
  return undefined;
}

/** A product with a matrix of weights keeps every axis of the other factor but the last. */
function isMatrixProduct(editor: GraphEditor, { opType, domain, input }: NodeProto): boolean {
  if (opType === 'MatMulNBits' && domain === microsoft) return true;
  return opType === 'MatMul' && isWeightMatrix(editor, input[1] ?? '');
}

const weightSteps = new Set(['Identity', 'Cast', 'Transpose', 'DequantizeLinear']);

/** A constant with two axes, perhaps one that the graph unpacks or transposes when it runs. */
function isWeightMatrix(editor: GraphEditor, value: string): boolean {
  const constant = editor.graph.initializer.find(({ name }) => name === value);
  if (constant) return constant.dims.length === 2;
  const made = editor.producer(value);
  return made !== undefined && weightSteps.has(made.opType) && isWeightMatrix(editor, made.input[0] ?? '');
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

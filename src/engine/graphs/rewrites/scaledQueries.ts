/**
 * Graph rewrite that moves attention's score scale into the matrix that makes the queries; used by `prepare.ts`.
 * Single-row logits change slightly.
 */
import { create } from '@bufbuild/protobuf';
import { attribute, microsoft, node } from '../elements';
import type { GraphEditor } from '../graphEditor';
import { DataType, TensorProtoSchema } from '../onnx';
import type { NodeProto } from '../onnx';

const float: number = DataType.FLOAT;

/** Inputs of MatMulNBits that the result is proportional to: scales of the weights, and a bias. */
const proportional = [2, 5];

/**
 * Lets the matrix that makes an attention's queries scale them, instead of the attention its scores. ONNX Runtime
 * multiplies a single row by a matrix without copying that only where the product is not scaled: a token with 512 behind
 * it takes a tenth less time. The matrix is scaled when the graph is loaded. Where the scale is a power of two, as with
 * heads of 64 values, runs of more than one row come out the same to the bit.
 *
 * @returns how many attentions were changed
 */
export function scaleQueries(editor: GraphEditor): number {
  const { graph } = editor;
  const floats = new Set(graph.initializer.filter(({ dataType }) => dataType === float).map(({ name }) => name));
  let changed = 0;
  for (const attention of graph.node.filter(
    ({ opType, domain }) => opType === 'GroupQueryAttention' && domain === microsoft,
  )) {
    const scale = scaleOf(editor, attention);
    const queries = editor.producer(attention.input[0] ?? '');
    if (scale === undefined || scale === 1 || !queries || !servesOnly(editor, queries, attention)) continue;
    const places = proportional.filter((place) => queries.input[place]);
    if (!places.every((place) => floats.has(queries.input[place] as string))) continue;
    const factor = `glassbox/scale/${queries.output[0]}`;
    editor.define(create(TensorProtoSchema, { name: factor, dataType: DataType.FLOAT, floatData: [scale] }));
    for (const place of places) {
      const value = queries.input[place] as string;
      editor.insert([node('Mul', [value, factor], [`${factor}/${place}`])], queries);
      editor.replaceInput(queries, place, `${factor}/${place}`);
    }
    attention.attribute = [...attention.attribute.filter(({ name }) => name !== 'scale'), attribute('scale', 1)];
    changed++;
  }
  return changed;
}

/** What an attention multiplies its scores by; `undefined` where the graph does not tell. */
function scaleOf(editor: GraphEditor, attention: NodeProto): number | undefined {
  const said = attention.attribute.find(({ name }) => name === 'scale')?.f ?? 0;
  if (said !== 0) return said;
  const cache = editor.input(attention.input[3] ?? '')?.type?.value;
  const size = cache?.case === 'tensorType' ? cache.value.shape?.dim[3]?.value : undefined;
  return size?.case === 'dimValue' ? 1 / Math.sqrt(Number(size.value)) : undefined;
}

/** Whether a node is a 4- or 8-bit matrix whose only result is this attention's queries, without keys and values. */
function servesOnly(editor: GraphEditor, { opType, domain, output }: NodeProto, attention: NodeProto): boolean {
  const [result = ''] = output;
  const users = editor.users(result);
  const apart = Boolean(attention.input[1]) && attention.input.filter((value) => value === result).length === 1;
  return (
    opType === 'MatMulNBits' &&
    domain === microsoft &&
    apart &&
    users.length === 1 &&
    users[0] === attention &&
    !editor.output(result)
  );
}

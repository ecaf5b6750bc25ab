/**
 * Graph rewrite that joins the query, key and value matrices of grouped attention into one; used by `prepare.ts`.
 * Outputs stay the same to the bit.
 */
import { attribute, microsoft, node } from '../elements';
import type { GraphEditor } from '../graphEditor';
import type { NodeProto } from '../onnx';

/** Attributes of MatMulNBits that have to be the same for matrices to be put on top of each other. */
const sameAttributes = ['K', 'bits', 'block_size', 'accuracy_level'];
/** Inputs of MatMulNBits that have a row, or a piece, for each column of the result: weights, scales, zero points, bias. */
const stacked = [1, 2, 3, 5];
/** Places of weights among them that are sorted. Stacking is not written for those. */
const groupIndex = 4;

/**
 * Lets the queries, keys and values of an attention come out of one matrix: a row is rounded to int8 once instead of three
 * times, and a token takes a thirtieth less time. Columns come out the same to the bit. The weights are put together when
 * the graph is loaded.
 *
 * @returns how many attentions were changed
 */
export function packQueries(editor: GraphEditor): number {
  let changed = 0;
  for (const attention of editor.graph.node.filter(
    ({ opType, domain }) => opType === 'GroupQueryAttention' && domain === microsoft,
  )) {
    const parts = attention.input.slice(0, 3).map((value) => editor.producer(value));
    const [first] = parts;
    if (!first || !parts.every((part) => part !== undefined && fits(editor, part, first, attention))) continue;
    const packed = stack(editor, first, parts as NodeProto[]);
    for (const part of parts as NodeProto[]) editor.remove(part);
    for (const [place, value] of [packed, '', ''].entries()) {
      editor.replaceInput(attention, place, value);
    }
    changed++;
  }
  return changed;
}

/** Whether a matrix product is of the same form as the first, and nothing but the attention takes it. */
function fits(editor: GraphEditor, part: NodeProto, first: NodeProto, attention: NodeProto): boolean {
  const { opType, domain, input, output } = part;
  const [result = ''] = output;
  const users = editor.users(result);
  return (
    opType === 'MatMulNBits' &&
    domain === microsoft &&
    input[0] === first.input[0] &&
    !input[groupIndex] &&
    sameAttributes.every((name) => integer(part, name) === integer(first, name)) &&
    stacked.every(
      (at) => Boolean(input[at]) === Boolean(first.input[at]) && (!input[at] || editor.isFixed(input[at])),
    ) &&
    users.length === 1 &&
    users[0] === attention &&
    !editor.output(result)
  );
}

/** @returns name of what comes out of all of them, side by side */
function stack(editor: GraphEditor, first: NodeProto, parts: readonly NodeProto[]): string {
  const packed = `glassbox/packed/${first.output[0]}`;
  const joined = first.input.map((_, at) => `${packed}/${at}`);
  const joins = stacked
    .filter((at) => first.input[at])
    .map((at) =>
      node(
        'Concat',
        parts.map(({ input }) => input[at] as string),
        [joined[at] as string],
        { attributes: { axis: 0n } },
      ),
    );
  const columns = parts.reduce((sum, part) => sum + (integer(part, 'N') ?? 0n), 0n);
  const product = node(
    'MatMulNBits',
    first.input.map((name, at) => (stacked.includes(at) && name ? (joined[at] as string) : name)),
    [packed],
    { domain: microsoft },
  );
  product.attribute = [...first.attribute.filter(({ name }) => name !== 'N'), attribute('N', columns)];
  editor.insert([...joins, product], first);
  return packed;
}

const integer = ({ attribute }: NodeProto, name: string): bigint | undefined =>
  attribute.find((one) => one.name === name)?.i;

/**
 * Finds the attention of every layer in an ONNX graph, as a fused operator or a written-out softmax, and how to expose
 * its weights or add a bias; used by `instrument.ts`.
 */
import { attribute, microsoft, node, valueInfo } from '../../graphs/elements';
import type { GraphEditor } from '../../graphs/graphEditor';
import type { DataType, NodeProto } from '../../graphs/onnx';
import type { CaptureWay } from '../../../ipc/engine/messages/attention';

/** One layer's attention in a graph, in the order in which layers are written there. */
export interface Site {
  readonly way: CaptureWay;
  /** The node that weighs values: the fused operator, or the product of weights and values. */
  readonly node: NodeProto;
  /** The value that holds what it makes of them. Fused operators put heads behind tokens, products before. */
  readonly mixed: string;
  /** The value that holds what is weighed, where the graph is not known to cache it. */
  readonly values: string | undefined;
  /** What is added to queries, keys and values before they are used, one behind the other, where the operator does that. */
  readonly bias?: string | undefined;
  /** Lets the graph make the weights [batch, heads, queries, keys] as a value of this name, of the type it calculates in. */
  expose(editor: GraphEditor, name: string, type: DataType): void;
  /** Lets a value [1, 1, queries, keys] be added to the scores. @returns whether that can be done here */
  addBias(editor: GraphEditor, bias: string): boolean;
}

/** Every attention that a graph has, fused or written out. */
export function findSites(editor: GraphEditor): Site[] {
  return editor.graph.node.flatMap((candidate) => {
    const site = fusedSite(candidate) ?? softmaxSite(editor, candidate);
    return site ? [site] : [];
  });
}

function fusedSite(candidate: NodeProto): Site | undefined {
  const { opType, domain } = candidate;
  if (opType === 'GroupQueryAttention' && domain === microsoft) return groupedAttention(candidate);
  if (opType === 'MultiHeadAttention' && domain === microsoft) return multiHeadAttention(candidate);
  if (opType === 'Attention' && domain === '') return standardAttention(candidate);
  return undefined;
}

/** `qk_output`: 1 is scores, 2 is weights. Both the attribute and the output must be there. */
function groupedAttention(fused: NodeProto): Site {
  const outputs = { weights: 3 };
  const inputs = { bias: 10 };
  return {
    way: 'groupedAttention',
    node: fused,
    mixed: fused.output[0] ?? '',
    values: undefined,
    expose(_, name) {
      fused.attribute.push(attribute('qk_output', 2n));
      setAt(fused.output, outputs.weights, name);
    },
    addBias: (editor, bias) => joinBias(editor, fused, inputs.bias, bias),
  };
}

/** Gives scores, whatever it masks among them: weights are their softmax. */
function multiHeadAttention(fused: NodeProto): Site {
  const outputs = { scores: 3 };
  const inputs = { values: 2, projectionBias: 3, bias: 5 };
  const bias = fused.input[inputs.projectionBias];
  return {
    way: 'multiHeadAttention',
    node: fused,
    mixed: fused.output[0] ?? '',
    values: fused.input[inputs.values],
    ...(bias !== undefined && bias !== '' && { bias }),
    expose(editor, name, type) {
      const scores = `${name}/scores`;
      setAt(fused.output, outputs.scores, scores);
      // The operator may give the scores in another type than it calculates in, so the type is declared.
      editor.graph.valueInfo.push(valueInfo(scores, type, ['batch', 'heads', 'queries', 'keys']));
      editor.append(node('Softmax', [scores], [name], { attributes: { axis: -1n } }));
    },
    addBias: (editor, added) => joinBias(editor, fused, inputs.bias, added),
  };
}

/** `qk_matmul_output_mode`: 3 is weights; 1 and 2 have changed places between versions of the standard. */
function standardAttention(fused: NodeProto): Site {
  const outputs = { weights: 3 };
  const inputs = { values: 2, mask: 3 };
  return {
    way: 'attention',
    node: fused,
    mixed: fused.output[0] ?? '',
    values: fused.input[inputs.values],
    expose(_, name) {
      fused.attribute.push(attribute('qk_matmul_output_mode', 3n));
      setAt(fused.output, outputs.weights, name);
    },
    addBias: (editor, bias) => joinBias(editor, fused, inputs.mask, bias),
  };
}

function joinBias(editor: GraphEditor, fused: NodeProto, input: number, bias: string): boolean {
  const present = fused.input[input] ?? '';
  if (present === '') {
    setAt(fused.input, input, bias);
    return true;
  }
  const sum = `${bias}/with/${present}`;
  if (!editor.producer(sum)) editor.insert([node('Add', [present, bias], [sum])], fused);
  fused.input[input] = sum;
  return true;
}

/** Operators between a softmax and its use that leave rows, columns and their order alone. */
const passing = new Set(['Cast', 'Identity', 'Dropout', 'Where']);
const maxSteps = 4;

function softmaxSite(editor: GraphEditor, softmax: NodeProto): Site | undefined {
  if (softmax.opType !== 'Softmax' || softmax.domain !== '') return undefined;
  const product = productBehind(editor, softmax.output[0] ?? '', maxSteps);
  if (!product) return undefined;
  return {
    way: 'softmax',
    node: product,
    mixed: product.output[0] ?? '',
    values: product.input[1],
    expose: (graph, name) => graph.append(node('Identity', [product.input[0] ?? ''], [name])),
    addBias(graph, bias) {
      const scores = softmax.input[0] ?? '';
      const sum = `${scores}/with/${bias}`;
      graph.insert([node('Add', [scores, bias], [sum])], softmax);
      graph.redirect(softmax, scores, sum);
      return true;
    },
  };
}

/** The product that weighs values with what a softmax has made; other softmaxes choose experts, or words. */
function productBehind(editor: GraphEditor, value: string, steps: number): NodeProto | undefined {
  for (const user of editor.users(value)) {
    if (user.opType === 'MatMul' && user.input[0] === value)
      return editor.isConstant(user.input[1] ?? '') ? undefined : user;
    const found =
      passing.has(user.opType) && steps > 0 ? productBehind(editor, user.output[0] ?? '', steps - 1) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Sets an optional input or output; an empty string stands for each one left out before it. */
function setAt(names: string[], at: number, name: string): void {
  while (names.length < at) names.push('');
  names[at] = name;
}

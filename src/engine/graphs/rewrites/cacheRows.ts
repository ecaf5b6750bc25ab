/**
 * Graph rewrite of the key-value cache, so that a run outputs only new rows or writes into the input buffers; used by
 * `prepare.ts`, its helpers by `stages.ts`.
 */
import { integers, microsoft, node, valueInfo } from '../elements';
import type { GraphEditor } from '../graphEditor';
import { DataType } from '../onnx';
import type { NodeProto } from '../onnx';
import { nameDimension } from './lastLogits';

/** Axis of [batch, heads, rows, values] that counts tokens. */
const rowAxis = 2n;

const names = {
  past: 'past_length',
  start: 'glassbox/first_row',
  axis: 'glassbox/rows',
  sequence: 'glassbox/sequence',
  total: 'glassbox/total',
} as const;

/** The names of one tensor of the cache: what goes in and what comes out. */
export interface CacheNames {
  readonly past: string;
  readonly present: string;
}

/** The caches of a graph by the names that all exporters give them; empty where one has no counterpart. */
export function cacheNames(editor: GraphEditor): CacheNames[] {
  const found = editor.graph.input.flatMap(({ name }) => {
    const match = /^past_key_values\.(\d+\.(?:key|value))$/.exec(name);
    return match ? [{ past: name, present: `present.${match[1]}` }] : [];
  });
  return found.every(({ present }) => editor.output(present)) ? found : [];
}

/**
 * Lets the graph take caches of any capacity, with the number of valid rows as `past_length`, and give back only the
 * rows that a run has added: what is copied then does not grow with the text.
 */
export function outputNewRows(editor: GraphEditor, caches: readonly CacheNames[]): void {
  const { graph } = editor;
  graph.input.push(valueInfo(names.past, DataType.INT64, [1]));
  editor.define(integers(names.start, [0n]), integers(names.axis, [rowAxis]), integers('glassbox/sequence_axis', [1n]));
  const lengths = [
    node('Shape', ['input_ids'], ['glassbox/ids_shape']),
    node('Gather', ['glassbox/ids_shape', 'glassbox/sequence_axis'], [names.sequence]),
    node('Add', [names.past, names.sequence], [names.total]),
  ];
  const cuts = caches.flatMap(({ past }) => cutPast(editor, past));
  editor.insert([...lengths, ...cuts]);
  for (const { past, present } of caches) {
    const whole = `glassbox/${present}`;
    editor.rename(present, whole);
    editor.append(node('Slice', [whole, names.past, names.total, names.axis], [present]));
    nameDimension(editor, present, Number(rowAxis), 'new');
    const type = editor.input(past)?.type?.value;
    const rows = type?.case === 'tensorType' ? type.value.shape?.dim[Number(rowAxis)] : undefined;
    if (rows) rows.value = { case: 'dimParam', value: 'capacity' };
  }
}

/**
 * Grouped attention ignores rows behind the lengths it is given. All other nodes read the whole tensor, so they get the
 * valid rows alone.
 */
function cutPast(editor: GraphEditor, past: string): NodeProto[] {
  const others = editor.users(past).filter((user) => !isGroupedAttention(user));
  if (others.length === 0) return [];
  const valid = `glassbox/${past}`;
  for (const user of others) editor.redirect(user, past, valid);
  return [node('Slice', [past, names.start, names.past, names.axis], [valid])];
}

/**
 * Lets attention write new rows into the very buffers that it reads old ones from: every cache goes into one grouped
 * attention and comes out of it whole. A `Slice` behind it that keeps only new rows is taken out.
 *
 * @returns whether that is so; the graph is as it was where not
 */
export function outputWholeCaches(editor: GraphEditor, caches: readonly CacheNames[]): boolean {
  const outputs = caches.map(({ past, present }) => {
    const made = editor.producer(present);
    const cut = made?.opType === 'Slice' ? made : undefined;
    const whole = cut ? (cut.input[0] ?? '') : present;
    const attention = editor.producer(whole);
    const users = editor.users(past);
    const fits =
      attention !== undefined && isGroupedAttention(attention) && users.length === 1 && users[0] === attention;
    return fits ? { present, whole, cut } : undefined;
  });
  if (outputs.length === 0 || outputs.includes(undefined)) return false;
  for (const output of outputs) {
    if (!output?.cut) continue;
    editor.remove(output.cut);
    editor.rename(output.whole, output.present);
    nameDimension(editor, output.present, Number(rowAxis), 'capacity');
  }
  return true;
}

export const isGroupedAttention = ({ opType, domain }: NodeProto): boolean =>
  opType === 'GroupQueryAttention' && domain === microsoft;

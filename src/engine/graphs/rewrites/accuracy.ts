/**
 * Graph rewrite that turns the rounding of activations to int8 on or off for 4- and 8-bit matrices; used by
 * `prepare.ts`, `onDevice.ts` and exact attention capture.
 */
import { attribute, microsoft } from '../elements';
import type { GraphEditor } from '../graphEditor';
import { DataType } from '../onnx';

/** What `accuracy_level` of MatMulNBits means by it: activations are rounded to int8 in blocks, products are exact. */
const int8Activations = 4n;

const float: number = DataType.FLOAT;

/** Lets no matrix round activations, also where the file says so: what runs elsewhere can be compared then. */
export function keepActivations({ graph }: GraphEditor): void {
  for (const node of graph.node)
    node.attribute = node.attribute.filter(({ name }) => node.opType !== 'MatMulNBits' || name !== 'accuracy_level');
}

/**
 * Lets 4- and 8-bit matrices multiply int8 activations, as llama.cpp does, instead of unpacking to float32: 1.7 times
 * as fast in decoding. Only where activations are float32, which is what the kernel is written for.
 *
 * @returns how many matrices were changed
 */
export function roundActivations({ graph }: GraphEditor): number {
  const floats = new Set(graph.initializer.filter(({ dataType }) => dataType === float).map(({ name }) => name));
  let changed = 0;
  for (const node of graph.node) {
    if (node.opType !== 'MatMulNBits' || node.domain !== microsoft || !floats.has(node.input[2] ?? '')) continue;
    const level = node.attribute.find(({ name }) => name === 'accuracy_level');
    if (level?.i === int8Activations) continue;
    if (level) level.i = int8Activations;
    else node.attribute.push(attribute('accuracy_level', int8Activations));
    changed++;
  }
  return changed;
}

/**
 * Runs a captured text again for the maps of layers that the capture did not keep, as many at once as memory allows; used
 * by the handlers of attention before they answer. Layers that are kept are never run again.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { Step } from '../../common/step';
import { Capture } from '../../attention/capture';
import type { AttentionModel } from '../../attention/model';
import { quantize } from '../../attention/quantize';
import type { Overall, StackData } from '../../attention/stack';
import { missingLayer, WeightSummary } from '../../attention/summary';
import type { Selection } from '../../attention/summary';
import { cellCount, rowLength, rowStart, WeightMap } from '../../attention/weightMap';
import type { Captures } from './captures';
import type { LayerMaps } from './scores';

/** Part of the memory of all captures that layers which are not kept may take meanwhile. */
const parts = 2;
/** Rows that are summed up without a pause. */
const rowsAtOnce = 64;

/**
 * Sees to it that a capture can answer what is asked about a selection of its weights.
 *
 * @param at index of the stack
 * @throws {EngineError} `invalid` where there is no memory for it
 */
export async function provide(
  captures: Captures,
  model: AttentionModel,
  capture: Capture,
  at: number,
  selection: Selection,
  step: Step,
): Promise<void> {
  const stack = capture.stacks[at] as StackData;
  const missing = missingLayer(stack, selection);
  if (missing === undefined) return;
  const { layer, heads } = selection;
  if (heads === 'rollout')
    throw invalid('Rollout goes through all layers below, for whose maps there is no memory: capture a shorter text.');
  if (stack.layerBytes > captures.budget / parts)
    throw invalid(`The maps of one layer take ${megabytes(stack.layerBytes)} MB: capture a shorter text.`);
  const { budget } = captures;
  if (layer === undefined) {
    stack.overall.set(
      heads as Overall,
      await summarized(stack, heads, eachLayer(budget, model, capture, at, step), step),
    );
    return;
  }
  for await (const found of eachLayer(budget, model, capture, at, step, [layer])) {
    captures.makeRoom(capture, stack.layerBytes);
    stack.take(layer, found.stack);
  }
}

/**
 * Each layer with its whole maps: the capture's own, or those of a stack that is filled anew for some of them.
 *
 * @param budget bytes of all captures
 */
export async function* eachLayer(
  budget: number,
  model: AttentionModel,
  capture: Capture,
  at: number,
  step: Step,
  layers: readonly number[] = (capture.stacks[at] as StackData).kept.map((_, layer) => layer),
): AsyncGenerator<LayerMaps> {
  const stack = capture.stacks[at] as StackData;
  const missing = layers.filter((layer) => !stack.kept[layer]);
  for (const layer of layers) if (stack.kept[layer]) yield { layer, stack };
  const atOnce = Math.max(1, Math.floor(budget / parts / stack.layerBytes));
  for (let first = 0; first < missing.length; first += atOnce) {
    const batch = missing.slice(first, first + atOnce);
    const kept = capture.stacks.map(({ shape }, one) =>
      Array.from({ length: shape.layers }, (_, layer) => one === at && batch.includes(layer)),
    );
    const again = new Capture(capture.id, capture.model, capture.plan, kept);
    await model.fill(again, step, () => undefined);
    for (const layer of batch) yield { layer, stack: again.stacks[at] as StackData };
  }
}

/** The mean of the layers' summaries, or the largest of their weights. */
async function summarized(
  { shape, mapShape }: StackData,
  heads: Selection['heads'],
  each: AsyncIterable<LayerMaps>,
  step: Step,
): Promise<WeightMap> {
  const sums = new Float32Array(cellCount(mapShape));
  for await (const { layer, stack } of each) {
    let row = 0;
    for (const line of new WeightSummary(stack, { layer, heads }).rows()) {
      if (row % rowsAtOnce === 0) await step();
      const [start, length] = [rowStart(mapShape, row), rowLength(mapShape, row++)];
      for (let column = 0; column < length; column++) {
        const weight = line?.[column] ?? 0;
        const sum = sums[start + column] as number;
        sums[start + column] = heads === 'max' ? Math.max(sum, weight) : sum + weight / shape.layers;
      }
    }
  }
  return new WeightMap(mapShape, Uint8Array.from(sums, quantize));
}

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
const invalid = (message: string): EngineError => new EngineError('invalid', message);

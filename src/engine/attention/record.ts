/**
 * Packs a capture and every result that needs the model into one recording file of limited size; used by the attention
 * service. Layers whose maps do not fit are reduced to thumbnails and scores.
 */
import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import type { PoolKind, Relation } from '../../ipc/engine/messages/attention';
import type { Step } from '../../common/step';
import type { Capture } from '../../attention/capture';
import { testHidden } from './causal';
import type { HiddenTest } from './causal';
import { cellCount } from '../../attention/weightMap';
import type { Predictions } from '../../attention/model';
import { levelFor, sizeAtLevel } from '../../attention/pool';
import { pack } from '../../attention/typedArrayFile';
import { probabilitiesOf } from './probabilities';
import { fillLogprobs } from '../../attention/provenance';
import { partialVersion, recordedThumbnail, recordingVersion } from '../../attention/recording';
import type { RecordedCheck, RecordedStack, Recording } from '../../attention/recording';
import { recordedLayers } from './recordedLayers';
import { scoreHeads } from './scores';
import type { CoarseLayer, Overall, StackData } from '../../attention/stack';
import { missingLayer } from '../../attention/summary';
import { quantized } from '../../attention/tiles';

/** Bytes. A page that holds it is a third larger, and still small enough to be sent to others. */
export const maxRecordingBytes = 16_000_000;
/** What offsets and alignment of arrays of other lengths may add at most, bytes. */
const slack = 256;
/** Likeliest successors that are recorded of each token. */
const successors = 10;
/** Summaries of all layers that are recorded. Not rollout: most of what it leaves beside the first token is lost in bytes. */
const summaries = ['value-weighted', 'mean', 'max'] as const;

/** What is calculated for a recording beforehand, since it needs a model or an editor. */
export interface RecordOptions {
  readonly causal: readonly HiddenTest[];
  /** Of the first stack's tokens. */
  readonly relations: readonly Relation[];
  /** Layers whose whole maps go before those of others, where there is no room for all. */
  readonly layers: readonly number[];
  /** Bytes of the file. */
  readonly most?: number;
}

/**
 * Writes a capture down, with everything that needs the model calculated beforehand. Where there is no room for the
 * whole maps of all layers, there are those of some, and of the others thumbnails, scores and their part in summaries.
 *
 * @throws {EngineError} `invalid` where it is too large even so
 */
export async function record(
  capture: Capture,
  { causal, relations, layers, most = maxRecordingBytes }: RecordOptions,
  predictions: Predictions | undefined,
  step: Step,
): Promise<Uint8Array> {
  const frame = await frameOf(capture, { causal, relations }, predictions, step);
  const { stacks } = capture;
  const mapBytes = stacks.map((stack) => stack.shape.heads * cellCount(stack.mapShape));
  const allBytes = stacks.reduce((sum, { shape }, at) => sum + shape.layers * (mapBytes[at] as number), 0);
  if (allBytes < most && stacks.every(({ kept }) => kept.every(Boolean))) {
    const kept = stacks.map((stack) => stack.kept);
    const file = pack(withLayers(frame, stacks, kept));
    if (file.length <= most) return file;
  }
  const summarized: RecordedStack[] = [];
  for (const [at, stack] of stacks.entries())
    summarized.push({ ...(frame.stacks[at] as RecordedStack), overall: await overallOf(stack, step) });
  const partial = { ...frame, version: partialVersion, stacks: summarized };
  const none = stacks.map(({ kept }) => kept.map(() => false));
  const least = pack(withLayers(partial, stacks, none)).length;
  if (least > most)
    throw new EngineError(
      'invalid',
      `Without any whole map the recording takes ${least} bytes, but at most ${most}: capture a shorter text.`,
    );
  const choosable = stacks.map(({ kept, shape, mapShape }, at) => {
    // Where its maps are, a layer's thumbnails follow from them.
    const level = levelFor(mapShape, recordedThumbnail);
    const coarse = 2 * shape.heads * sizeAtLevel(shape.columns, level) * sizeAtLevel(shape.rows, level);
    return { kept, layerBytes: (mapBytes[at] as number) - coarse };
  });
  return pack(withLayers(partial, stacks, recordedLayers(choosable, layers, most - least - slack)));
}

/** All but the maps. */
async function frameOf(
  capture: Capture,
  { causal, relations }: Pick<RecordOptions, 'causal' | 'relations'>,
  predictions: Predictions | undefined,
  step: Step,
): Promise<Recording> {
  const { sequences, generatedFrom } = capture.plan;
  const length = capture.text.ids.length;
  const stacks: RecordedStack[] = [];
  for (const [at, stack] of capture.stacks.entries()) {
    const scores = stack.kept.includes(false)
      ? undefined
      : await scoreHeads(stack, sequences, at === 0 ? relations : [], step);
    stacks.push({
      maps: new Uint8Array(0),
      ...(stack.valueNorms && { valueNorms: stack.valueNorms }),
      ...(scores && { scores }),
    });
  }
  const checks: RecordedCheck[] = [];
  if (predictions && length > 1) await fillLogprobs(capture, { from: 1, to: length }, predictions, step);
  for (const check of predictions ? causal : []) {
    checks.push({
      hidden: check.hidden,
      target: check.target,
      result: await testHidden(capture, check, predictions as Predictions, step),
    });
  }
  return {
    version: recordingVersion,
    model: basename(capture.model),
    description: capture.describe(),
    generatedFrom,
    stacks,
    logprobs: predictions ? capture.logprobs : new Float32Array(0),
    probabilities: predictions
      ? await probabilitiesOf(predictions, capture, { from: 0, to: length }, successors, step)
      : [],
    causal: checks,
  };
}

/** Summaries of all layers' heads, as far as the stack has what they are made of. */
async function overallOf(stack: StackData, step: Step): Promise<Partial<Record<Overall, Uint8Array>>> {
  const made: Partial<Record<Overall, Uint8Array>> = {};
  for (const heads of summaries) {
    if (heads === 'value-weighted' && !stack.valueWeighted) continue;
    const selection = { layer: undefined, heads };
    if (missingLayer(stack, selection) === undefined) made[heads] = (await quantized(stack, selection, step)).cells;
  }
  return made;
}

/** @param chosen for each stack and layer, whether its whole maps are recorded */
function withLayers(
  recording: Recording,
  stacks: readonly StackData[],
  chosen: readonly (readonly boolean[])[],
): Recording {
  const { description } = recording;
  const keptOf = (at: number): readonly boolean[] => chosen[at] ?? [];
  return {
    ...recording,
    description: {
      ...description,
      stacks: description.stacks.map((stack, at) => ({ ...stack, kept: [...keptOf(at)] })),
    },
    stacks: recording.stacks.map((recorded, at) => {
      const stack = stacks[at] as StackData;
      const kept = keptOf(at);
      return { ...recorded, maps: mapsOf(stack, kept), ...(kept.includes(false) && { coarse: coarseOf(stack, kept) }) };
    }),
  };
}

/** Thumbnails and sink shares of the layers whose maps are not recorded. */
function coarseOf(stack: StackData, kept: readonly boolean[]): CoarseLayer {
  const { heads } = stack.shape;
  const level = levelFor(stack.mapShape, recordedThumbnail);
  const shares = stack.sinkShares();
  const layers = kept.flatMap((isKept, layer) => (isKept ? [] : [layer]));
  const pictures = (kind: PoolKind): Uint8Array =>
    joined(
      layers.flatMap((layer) =>
        Array.from({ length: heads }, (_, head) => stack.thumbnail(layer, head, level, kind).data),
      ),
    );
  return {
    max: pictures('max'),
    mean: pictures('mean'),
    sinkShares: Float32Array.from(layers.flatMap((layer) => [...shares.subarray(layer * heads, (layer + 1) * heads)])),
  };
}

/** The maps of all heads of some layers, one behind the other. */
function mapsOf(stack: StackData, kept: readonly boolean[]): Uint8Array {
  return joined(
    kept.flatMap((isKept, layer) =>
      isKept
        ? Array.from({ length: stack.shape.heads }, (_, head) => stack.map(layer, head)?.cells ?? new Uint8Array(0))
        : [],
    ),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

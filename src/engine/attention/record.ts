import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { maxTileCells } from '../../ipc/engine/messages/attention';
import type { Relation } from '../../ipc/engine/messages/attention';
import type { Step } from '../../common/step';
import type { Capture } from '../../attention/capture';
import { testHidden } from './causal';
import type { HiddenTest } from './causal';
import { cellCount } from '../../attention/weightMap';
import type { Predictions } from '../../attention/model';
import { pack } from '../../attention/typedArrayFile';
import { probabilitiesOf } from './probabilities';
import { fillLogprobs } from '../../attention/provenance';
import { recordingVersion } from '../../attention/recording';
import type { RecordedCheck, RecordedStack, Recording } from '../../attention/recording';
import { scoreHeads } from './scores';
import type { StackData } from '../../attention/stack';

const mostBytes = maxTileCells;
/** Likeliest successors that are recorded of each token. */
const successors = 10;

/** What is calculated for a recording beforehand, since it needs a model or an editor. */
export interface RecordOptions {
  readonly causal: readonly HiddenTest[];
  /** Of the first stack's tokens. */
  readonly relations: readonly Relation[];
}

/**
 * Writes a capture down, with everything that needs the model calculated beforehand.
 *
 * @throws {EngineError} `invalid` where it is too large
 */
export async function record(
  capture: Capture,
  { causal, relations }: RecordOptions,
  predictions: Predictions | undefined,
  step: Step,
): Promise<Uint8Array> {
  const { sequences, generatedFrom } = capture.plan;
  const length = capture.text.ids.length;
  const bytes = capture.stacks.reduce(
    (sum, { shape, kept, mapShape }) => sum + kept.filter(Boolean).length * shape.heads * cellCount(mapShape),
    0,
  );
  if (bytes > mostBytes)
    throw new EngineError(
      'invalid',
      `The weights take ${bytes} bytes, but a recording has at most ${mostBytes}: capture a shorter text.`,
    );
  const stacks: RecordedStack[] = [];
  for (const [at, stack] of capture.stacks.entries()) {
    const scores = stack.kept.includes(false)
      ? undefined
      : await scoreHeads(stack, sequences, at === 0 ? relations : [], step);
    stacks.push({
      maps: mapsOf(stack),
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
  const recording: Recording = {
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
  const file = pack(recording);
  if (file.length > mostBytes)
    throw new EngineError(
      'invalid',
      `The recording takes ${file.length} bytes, but at most ${mostBytes}: capture a shorter text.`,
    );
  return file;
}

function mapsOf(stack: StackData): Uint8Array {
  const cells = cellCount(stack.mapShape);
  const kept = stack.kept.flatMap((isKept, layer) => (isKept ? [layer] : []));
  const maps = new Uint8Array(kept.length * stack.shape.heads * cells);
  let at = 0;
  for (const layer of kept) {
    for (let head = 0; head < stack.shape.heads; head++, at += cells) maps.set(stack.map(layer, head)?.cells ?? [], at);
  }
  return maps;
}

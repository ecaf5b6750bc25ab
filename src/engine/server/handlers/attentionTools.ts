/**
 * What the handlers of attention share: the captures there are, their tiles, and checks of what is asked about them; made
 * by `table.ts`, used by the handlers from `capture` to `release`. Models run through the scheduler alone.
 */
import type { Capture } from '../../../attention/capture';
import type { AttentionModel, Predictions } from '../../../attention/model';
import type { StackData } from '../../../attention/stack';
import { missingLayer } from '../../../attention/summary';
import type { Selection } from '../../../attention/summary';
import type { Tiles } from '../../../attention/tiles';
import type { Step } from '../../../common/step';
import { EngineError } from '../../../ipc/engine/errors';
import type { TokenSpan } from '../../../ipc/engine/messages/attention';
import type { Params } from '../../../ipc/engine/protocol';
import type { Captures } from '../../attention/captures';
import type { HiddenTest } from '../../attention/causal';
import { provide } from '../../attention/layersOnDemand';
import type { ModelStore } from '../../scheduling/modelStore';
import type { Scheduler } from '../../scheduling/scheduler';
import { modelOf } from './handler';
import type { Turn } from './handler';

/** What handlers of attention work with. */
export interface AttentionTools {
  /** Models opened to look into, with sessions of their own. */
  readonly models: ModelStore<AttentionModel>;
  readonly scheduler: Scheduler;
  readonly captures: Captures;
  readonly tiles: Tiles;
}

/** Which stack of which capture a request is about. */
interface StackRef {
  readonly capture: number;
  readonly stack: number;
}

/** Runs a model when its turn comes. Jobs of one priority run one after the other, as the cache of a model's reader needs it. */
export function inspect<T>(
  { scheduler }: AttentionTools,
  { signal, onTurn }: Turn,
  run: (step: Step) => Promise<T>,
): Promise<T> {
  return scheduler.run({ priority: 'inspect', signal, onTurn, run });
}

/** @throws {EngineError} `invalid` where the capture was let go of or has no such stack */
export function stackOf({ captures }: AttentionTools, { capture, stack }: StackRef): StackData {
  const found = captures.get(capture).stacks[stack];
  if (!found) throw new EngineError('invalid', `Capture ${capture} has no stack ${stack}.`);
  return found;
}

/** The capture and what its model predicts. @throws {EngineError} `invalid` for an encoder, which predicts no tokens */
export async function predictionsOf(
  tools: AttentionTools,
  id: number,
  turn: Turn,
): Promise<{ capture: Capture; predictions: Predictions }> {
  const capture = tools.captures.get(id);
  const { predictions } = await modelOf(tools, capture.model, turn);
  if (!predictions) throw new EngineError('invalid', 'This model predicts no tokens.');
  return { capture, predictions };
}

/** Captures again what is asked for and not kept; a request that comes too early is answered from what there is. */
export async function provideLayer(
  tools: AttentionTools,
  { capture: id, stack: at, layer, heads }: StackRef & { layer?: number | undefined } & Pick<Selection, 'heads'>,
  turn: Turn,
): Promise<void> {
  const stack = stackOf(tools, { capture: id, stack: at });
  const selection = { layer, heads };
  const isComplete = stack.done === stack.shape.rows;
  if (!isComplete || (layer ?? 0) >= stack.shape.layers || missingLayer(stack, selection) === undefined) return;
  const capture = tools.captures.get(id);
  const model = await modelOf(tools, capture.model, turn);
  await inspect(tools, turn, (step) => provide(tools.captures, model, capture, at, selection, step));
}

/** Lets go of a capture and of the tiles that were made of it. */
export function letGo({ captures, tiles }: AttentionTools, capture: number): void {
  captures.release(capture);
  tiles.forget(capture);
}

/** The tokens that the model wrote. @throws {EngineError} `invalid` where it wrote none */
export function generatedSpan({ plan, text }: Capture): TokenSpan {
  if (plan.generatedFrom >= text.ids.length)
    throw new EngineError('invalid', 'Nothing was generated in this capture: name the tokens that are meant.');
  return { from: plan.generatedFrom, to: text.ids.length };
}

/** @throws {EngineError} `invalid` where the capture does not have the tokens, or one of them lies before `least` */
export function requireSpan({ text }: Capture, { from, to }: TokenSpan, least = 0): void {
  if (from < least || from >= to || to > text.ids.length)
    throw new EngineError('invalid', `There are no tokens ${from} to ${to} among ${least} to ${text.ids.length}.`);
}

/** @throws {EngineError} `invalid` where the spans are not of the capture, or in the wrong order */
export function hiddenTest(
  capture: Capture,
  { hidden, target = generatedSpan(capture), controls, seed }: Omit<Params<'causal'>, 'capture'>,
): HiddenTest {
  requireSpan(capture, target, 1);
  requireSpan(capture, hidden);
  if (hidden.to > target.from)
    throw new EngineError('invalid', 'What is hidden must lie before the tokens whose probability is compared.');
  return { hidden, target, controls, seed };
}

/**
 * Handles every attention request of the engine: capture, tiles, scores, probabilities, causal tests, recording;
 * created by `server.ts`. Model runs go through the scheduler.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { ModelStore } from '../scheduling/modelStore';
import type { Event, Method, Params, Result } from '../../ipc/engine/protocol';
import type { AttentionMethod, Probabilities, TokenSpan } from '../../ipc/engine/messages/attention';
import type { Scheduler } from '../scheduling/scheduler';
import type { Step } from '../../common/step';
import { unlessAborted } from '../../ipc/engine/unlessAborted';
import type { Capture } from '../../attention/capture';
import { Captures } from './captures';
import { testHidden } from './causal';
import type { HiddenTest } from './causal';
import type { AttentionModel, Predictions } from '../../attention/model';
import { probabilitiesOf } from './probabilities';
import { fillLogprobs, provenance } from '../../attention/provenance';
import { eachLayer, provide } from './layersOnDemand';
import { record } from './record';
import { scoreHeads } from './scores';
import { thumbnails, Tiles, weights } from '../../attention/tiles';
import type { StackData } from '../../attention/stack';
import { missingLayer } from '../../attention/summary';
import type { Selection } from '../../attention/summary';

/** What a request is, beside its parameters. */
interface Context<M extends Method> {
  readonly signal: AbortSignal;
  onTurn(running: boolean): void;
  emit(event: Event<M>): void;
}

type Handlers = { [M in AttentionMethod]: (params: Params<M>, context: Context<M>) => Promise<Result<M>> };

/** Answers everything about attention: the engine's handlers of `attentionMethods`. */
export class AttentionService {
  readonly #captures = new Captures();
  readonly #tiles = new Tiles();

  constructor(
    private readonly models: ModelStore<AttentionModel>,
    private readonly scheduler: Scheduler,
  ) {}

  readonly handlers: Handlers = {
    capture: async (params, context) => {
      const wasOpen = this.models.isOpen(params.model);
      const model = await this.#model(params.model, context);
      const plan = model.plan(params.subject);
      return this.#scheduled(context, async (step) => {
        const started = performance.now();
        const capture = this.#captures.add(model.path, plan, params.layers ?? []);
        try {
          context.emit({ kind: 'begun', description: capture.describe() });
          const { runMs, packMs } = await model.fill(capture, step, (stack, done) =>
            context.emit({ kind: 'rows', capture: capture.id, stack, done }),
          );
          return {
            ...capture.describe(),
            sinkShares: capture.stacks.map((stack) => stack.sinkShares()),
            timings: { openMs: wasOpen ? 0 : model.openMs, runMs, packMs, totalMs: performance.now() - started },
            bytes: capture.bytes,
          };
        } catch (error) {
          this.#release(capture.id);
          throw error;
        }
      });
    },

    thumbnails: (params) => this.#answer(() => thumbnails(this.#stack(params), params)),

    tile: async (params, context) => {
      await this.#provide(params, context);
      const stack = this.#stack(params);
      const { capture, stack: at } = params;
      // A head is there; a summary of a long text takes a while to make.
      if (!this.#tiles.isReady(capture, at, stack, params))
        await this.#scheduled(context, (step) => this.#tiles.prepare(capture, at, stack, params, step));
      return this.#tiles.tile(capture, at, stack, params);
    },

    weights: async (params, context) => {
      await this.#provide(params, context);
      return weights(this.#stack(params), params);
    },

    headScores: async (params, context) => {
      const capture = this.#captures.get(params.capture);
      const stack = this.#stack(params);
      const model = await this.#model(capture.model, context);
      return this.#scheduled(context, (step) =>
        scoreHeads(
          stack,
          capture.plan.sequences,
          params.relations,
          step,
          eachLayer(this.#captures.budget, model, capture, params.stack, step),
        ),
      );
    },

    probabilities: async ({ capture: id, position, top }, context) => {
      const { capture, predictions } = await this.#predictions(id, context);
      const span = { from: position, to: position + 1 };
      requireSpan(capture, span);
      const found = await this.#scheduled(context, (step) => probabilitiesOf(predictions, capture, span, top, step));
      return found[0] as Probabilities;
    },

    provenance: async (params, context) => {
      const { capture, predictions } = await this.#predictions(params.capture, context);
      const stack = this.#stack(params);
      const span = params.tokens ?? generatedSpan(capture);
      requireSpan(capture, span, 1);
      await this.#provide(params, context);
      await this.#scheduled(context, (step) => fillLogprobs(capture, span, predictions, step));
      return provenance({ sequences: capture.plan.sequences, logprobs: capture.logprobs }, stack, {
        ...params,
        tokens: span,
      });
    },

    causal: async (params, context) => {
      const { capture, predictions } = await this.#predictions(params.capture, context);
      const test = hiddenTest(capture, params);
      return this.#scheduled(context, (step) => testHidden(capture, test, predictions, step));
    },

    recordCapture: async ({ capture: id, causal, relations, layers }, context) => {
      const capture = this.#captures.get(id);
      const { predictions } = await this.#model(capture.model, context);
      const tests = causal.map((check) => hiddenTest(capture, check));
      return {
        data: await this.#scheduled(context, (step) =>
          record(capture, { causal: tests, relations, layers }, predictions, step),
        ),
      };
    },

    release: ({ capture }) => {
      this.#release(capture);
      return Promise.resolve({});
    },
  };

  #release(id: number): void {
    this.#captures.release(id);
    this.#tiles.forget(id);
  }

  #stack({ capture, stack }: { capture: number; stack: number }): StackData {
    const found = this.#captures.get(capture).stacks[stack];
    if (!found) throw new EngineError('invalid', `Capture ${capture} has no stack ${stack}.`);
    return found;
  }

  /** Captures again what is asked for and not kept; what is asked of too early is answered from what there is. */
  async #provide(
    {
      capture: id,
      stack: at,
      layer,
      heads,
    }: { capture: number; stack: number; layer?: number | undefined } & Pick<Selection, 'heads'>,
    context: Pick<Context<Method>, 'signal' | 'onTurn'>,
  ): Promise<void> {
    const stack = this.#stack({ capture: id, stack: at });
    const selection = { layer, heads };
    const isComplete = stack.done === stack.shape.rows;
    if (!isComplete || (layer ?? 0) >= stack.shape.layers || missingLayer(stack, selection) === undefined) return;
    const capture = this.#captures.get(id);
    const model = await this.#model(capture.model, context);
    await this.#scheduled(context, (step) => provide(this.#captures, model, capture, at, selection, step));
  }

  async #predictions(
    id: number,
    context: Pick<Context<Method>, 'signal' | 'onTurn'>,
  ): Promise<{ capture: Capture; predictions: Predictions }> {
    const capture = this.#captures.get(id);
    const { predictions } = await this.#model(capture.model, context);
    if (!predictions) throw new EngineError('invalid', 'This model predicts no tokens.');
    return { capture, predictions };
  }

  async #model(path: string, context: Pick<Context<Method>, 'signal' | 'onTurn'>): Promise<AttentionModel> {
    if (this.models.isOpen(path)) return this.models.get(path);
    context.onTurn(true);
    try {
      return await unlessAborted(this.models.get(path), context.signal);
    } finally {
      context.onTurn(false);
    }
  }

  /** Jobs of one priority run one after the other, as the cache of a model's reader needs it. */
  #scheduled<T>(
    { signal, onTurn }: Pick<Context<Method>, 'signal' | 'onTurn'>,
    run: (step: Step) => Promise<T>,
  ): Promise<T> {
    return this.scheduler.run({ priority: 'inspect', signal, onTurn, run });
  }

  /** Short work, done at once. */
  #answer<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => resolve(work()));
  }
}

function generatedSpan({ plan, text }: Capture): TokenSpan {
  if (plan.generatedFrom >= text.ids.length)
    throw new EngineError('invalid', 'Nothing was generated in this capture: name the tokens that are meant.');
  return { from: plan.generatedFrom, to: text.ids.length };
}

function requireSpan({ text }: Capture, { from, to }: TokenSpan, least = 0): void {
  if (from < least || from >= to || to > text.ids.length)
    throw new EngineError('invalid', `There are no tokens ${from} to ${to} among ${least} to ${text.ids.length}.`);
}

/** @throws {EngineError} `invalid` where the spans are not of the capture, or in the wrong order */
function hiddenTest(
  capture: Capture,
  { hidden, target = generatedSpan(capture), controls, seed }: Omit<Params<'causal'>, 'capture'>,
): HiddenTest {
  requireSpan(capture, target, 1);
  requireSpan(capture, hidden);
  if (hidden.to > target.from)
    throw new EngineError('invalid', 'What is hidden must lie before the tokens whose probability is compared.');
  return { hidden, target, controls, seed };
}

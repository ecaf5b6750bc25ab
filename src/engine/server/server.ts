import type { AttentionModel } from '../../attention/model';
import { AttentionService } from '../attention/service';
import type { Devices } from '../machine/devices';
import { isStaticTable } from '../../modelFolder/table/staticTable';
import { EngineError } from '../../ipc/engine/errors';
import type { ModelStore } from '../scheduling/modelStore';
import type { OpenModel } from './openModel';
import { parse } from '../../ipc/engine/parse';
import { deadlines } from '../../ipc/engine/deadlines';
import { awakeTimeout } from '../../ipc/process/awakeTimeout';
import { hostMessage, methods } from '../../ipc/engine/protocol';
import type { EngineMessage, Event, HostMessage, Method, Params, Priority, Result } from '../../ipc/engine/protocol';
import type { AttentionMethod } from '../../ipc/engine/messages/attention';
import { Scheduler } from '../scheduling/scheduler';
import { SimilarityService } from '../similarity/service';
import type { TextSplitter } from '../similarity/splitter';
import type { Step } from '../../common/step';
import { unlessAborted } from '../../ipc/engine/unlessAborted';

export interface EngineServerOptions {
  models: ModelStore<OpenModel>;
  /** The same folders, opened to look into: with sessions of their own. */
  attention: ModelStore<AttentionModel>;
  threads: number;
  send(message: EngineMessage): void;
  /** What models run on beside the processor. */
  devices?: Pick<Devices, 'failure'>;
  /** Hears how many requests there are whenever that changes. */
  onRunning?(count: number): void;
  /** A request does not end, whatever is done about it: native code, most likely, which nothing else can end. */
  onHang?(reason: string): void;
}

/** So long after the last request that somebody waits for, work nobody waits for may use every thread. */
const quietMs = 5_000;
/** A request ends at its next step once its deadline has passed: milliseconds until one that does not is taken to hang. */
const overrunMs = 30_000;

/** What a method's handler knows of its request beside the parameters. */
interface Context<M extends Method> {
  readonly priority: Priority;
  /** Aborted with an `EngineError` when the host cancels or the deadline passes. */
  readonly signal: AbortSignal;
  /** Says that work begins or goes on, or that it gives way to a more urgent request. */
  onTurn(running: boolean): void;
  emit(event: Event<M>): void;
}

type Handlers = { [M in Method]: (params: Params<M>, context: Context<M>) => Promise<Result<M>> };

/** The engine's side of the protocol: checks every message, runs its method, answers every request exactly once. */
export class EngineServer {
  readonly #options: EngineServerOptions;
  readonly #scheduler = new Scheduler();
  readonly #running = new Map<number, AbortController>();
  readonly #similarity = new SimilarityService();
  readonly #handlers: Handlers;
  /** When the last request came that was not for the index. */
  #lastUrgent = -Infinity;

  constructor(options: EngineServerOptions) {
    this.#options = options;
    this.#handlers = { ...this.#ownHandlers, ...new AttentionService(options.attention, this.#scheduler).handlers };
  }

  receive(raw: unknown): void {
    try {
      const message = parse(hostMessage, raw, 'A message of the host');
      if (message.kind === 'cancel') this.#cancel(message.id);
      else void this.#serve(message);
    } catch (error) {
      this.#refuse(requestId(raw), asEngineError(error));
    }
  }

  #cancel(id: number): void {
    this.#running.get(id)?.abort(new EngineError('cancelled', 'The request is no longer wanted.'));
  }

  async #serve(request: Extract<HostMessage, { kind: 'request' }>): Promise<void> {
    const { id, method } = request;
    if (request.priority !== 'index') this.#lastUrgent = performance.now();
    const controller = new AbortController();
    const { deadlineMs = deadlines[method] } = request;
    const timer = setTimeout(
      () => controller.abort(new EngineError('deadline', `${method} was not finished in time.`)),
      deadlineMs,
    );
    const forgetHang = awakeTimeout(deadlineMs + overrunMs, () =>
      this.#options.onHang?.(`${method} did not end ${overrunMs / 1_000} s after its deadline`),
    );
    this.#running.set(id, controller);
    this.#options.onRunning?.(this.#running.size);
    try {
      const value = await this.#dispatch(method, request, controller.signal);
      this.#options.send({ kind: 'result', id, value });
    } catch (error) {
      this.#refuse(id, asEngineError(error));
    } finally {
      clearTimeout(timer);
      forgetHang();
      this.#running.delete(id);
      this.#options.onRunning?.(this.#running.size);
    }
  }

  #dispatch<M extends Method>(
    method: M,
    request: Extract<HostMessage, { kind: 'request' }>,
    signal: AbortSignal,
  ): Promise<Result<M>> {
    const { id, priority } = request;
    const params = parse<(typeof methods)[M]['params']>(
      methods[method].params,
      request.params,
      `Parameters of ${method}`,
    );
    return this.#handlers[method](params, {
      priority,
      signal,
      onTurn: (running) => this.#options.send({ kind: running ? 'started' : 'parked', id }),
      emit: (value) => this.#options.send({ kind: 'event', id, value }),
    });
  }

  readonly #ownHandlers: Omit<Handlers, AttentionMethod> = {
    load: async (params, context) => (await this.#model(params.model, context)).info,

    complete: async (params, context) => {
      const model = await this.#model(params.model, context);
      const completion = model.completion ?? unfit(model, 'a decoder');
      return this.#stream(context, (step, onText) => completion.complete(params, step, onText, context.priority));
    },

    generate: async (params, context) => {
      const model = await this.#model(params.model, context);
      const writer = model.writer ?? unfit(model, 'a model that writes text');
      return this.#stream(context, (step, onText) => writer.generate(params, step, onText, context.priority));
    },

    tokenize: async (params, context) => {
      const { tokenizer } = await this.#model(params.model, context);
      context.onTurn(true);
      return tokenizer.encodeWithRanges(params.text);
    },

    embed: async (params, context) => {
      const model = await this.#model(params.model, context);
      const encoder = model.encoder ?? unfit(model, 'an encoder');
      const busy = () => performance.now() - this.#lastUrgent < quietMs;
      return this.#scheduler.run({
        ...context,
        run: (step) => encoder.embed({ ...params, ...(context.priority === 'index' && { busy }) }, step),
      });
    },

    similarity: async (params, context) => {
      const splitter = (await isStaticTable(params.model))
        ? await this.#similarity.table(params.model)
        : await this.#splitter(params.model, context);
      return this.#scheduler.run({
        ...context,
        run: (step) => this.#similarity.compare(splitter, params, step),
      });
    },

    status: async () => ({
      models: this.#options.models.paths,
      residentBytes: process.memoryUsage.rss(),
      threads: this.#options.threads,
      ...(this.#options.devices?.failure !== undefined && { acceleratorFailure: this.#options.devices.failure }),
      accelerators: (await this.#options.models.open()).flatMap((model) => model.accelerator?.() ?? []),
    }),
  };

  async #splitter(folder: string, context: Pick<Context<Method>, 'signal' | 'onTurn'>): Promise<TextSplitter> {
    const model = await this.#model(folder, context);
    return model.splitter ?? unfit(model, 'an encoder');
  }

  /** Lets a model write when its turn comes. */
  #stream<T>(
    context: Context<'complete' | 'generate'>,
    write: (step: Step, onText: (piece: string) => void) => Promise<T>,
  ): Promise<T> {
    return this.#scheduler.run({
      ...context,
      run: (step) =>
        write(step, (text) => {
          // A run that was under way may have confirmed several guesses: nobody wants them any more.
          if (!context.signal.aborted) context.emit({ text });
        }),
    });
  }

  /** The open model. Who waits for it is let go when its signal aborts; the opening itself goes on for the next one. */
  async #model(folder: string, context: Pick<Context<Method>, 'signal' | 'onTurn'>): Promise<OpenModel> {
    if (this.#options.models.isOpen(folder)) return this.#options.models.get(folder);
    context.onTurn(true);
    try {
      return await unlessAborted(this.#options.models.get(folder), context.signal);
    } finally {
      context.onTurn(false);
    }
  }

  #refuse(id: number | undefined, error: EngineError): void {
    if (error.code === 'invalid')
      this.#options.send({ kind: 'log', level: 'warn', message: `Refused: ${error.message}` });
    if (id !== undefined)
      this.#options.send({ kind: 'error', id, error: { code: error.code, message: error.message } });
  }
}

function unfit({ info }: OpenModel, wanted: string): never {
  throw new EngineError(
    'modelInvalid',
    `${info.name} is not ${wanted}, which this needs; choose another model folder.`,
  );
}

/** Whatever was thrown, as something that can be said in a reply. */
function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new EngineError('runtime', `Something unexpected went wrong in the engine: ${message}`, { cause: error });
}

/** The id of a message that is otherwise not understood, so that its sender can be told. */
function requestId(raw: unknown): number | undefined {
  if (typeof raw !== 'object' || raw === null || !('id' in raw)) return undefined;
  return typeof raw.id === 'number' && Number.isInteger(raw.id) && raw.id >= 0 ? raw.id : undefined;
}

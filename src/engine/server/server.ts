/**
 * The engine's side of the protocol: validates messages, runs each request with its deadline and answers it once;
 * created by `serve.ts`. The methods themselves are in its handlers.
 */
import type { AttentionModel } from '../../attention/model';
import type { Devices } from '../machine/devices';
import { EngineError } from '../../ipc/engine/errors';
import type { ModelStore } from '../scheduling/modelStore';
import type { OpenModel } from './openModel';
import { parse } from '../../ipc/engine/parse';
import { deadlines } from '../../ipc/engine/deadlines';
import { awakeTimeout } from '../../ipc/process/awakeTimeout';
import { hostMessage, methods } from '../../ipc/engine/protocol';
import type { EngineMessage, EngineHostMessage, Method, Result } from '../../ipc/engine/protocol';
import { Scheduler } from '../scheduling/scheduler';
import type { HandlerTools } from './handlers/handler';
import { createHandlers } from './handlers/table';
import type { Handlers } from './handlers/table';
import { errorMessage } from '../../common/errorMessage';

export interface EngineServerOptions {
  models: ModelStore<OpenModel>;
  /** The same folders, opened to look into: with sessions of their own. */
  attention: ModelStore<AttentionModel>;
  threads: number;
  send(message: EngineMessage): void;
  /** What models run on beside the processor. */
  devices?: Pick<Devices, 'failure' | 'report'>;
  /** Called with the number of requests whenever that changes. */
  onRunning?(count: number): void;
  /** A request does not end, whatever is done about it: native code, most likely, which nothing else can end. */
  onHang?(reason: string): void;
}

/** After so many milliseconds without an interactive request, indexing may use every thread. */
const quietMs = 5_000;
/** A request ends at its next step once its deadline has passed: milliseconds until one that does not is taken to hang. */
const overrunMs = 30_000;

/** The engine's side of the protocol: checks every message, runs its method, answers every request exactly once. */
export class EngineServer {
  readonly #options: EngineServerOptions;
  readonly #scheduler = new Scheduler();
  readonly #running = new Map<number, AbortController>();
  readonly #handlers: Handlers;
  /** When the last request came that was not for the index. */
  #lastUrgent = -Infinity;

  constructor(options: EngineServerOptions) {
    this.#options = options;
    const tools: HandlerTools = {
      models: options.models,
      scheduler: this.#scheduler,
      threads: options.threads,
      devices: options.devices,
      isBusy: () => performance.now() - this.#lastUrgent < quietMs,
    };
    this.#handlers = createHandlers(tools, options.attention);
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

  async #serve(request: Extract<EngineHostMessage, { kind: 'request' }>): Promise<void> {
    const { id, method } = request;
    if (request.priority !== 'index' && request.priority !== 'ahead') this.#lastUrgent = performance.now();
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
    request: Extract<EngineHostMessage, { kind: 'request' }>,
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

  #refuse(id: number | undefined, error: EngineError): void {
    if (error.code === 'invalid')
      this.#options.send({ kind: 'log', level: 'warn', message: `Refused: ${error.message}` });
    if (id !== undefined)
      this.#options.send({ kind: 'error', id, error: { code: error.code, message: error.message } });
  }
}

/** Turns anything that was thrown into an error for the reply. */
function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = errorMessage(error);
  return new EngineError('runtime', `Something unexpected went wrong in the engine: ${message}`, { cause: error });
}

/** The id of a message that is otherwise not understood, so that it can be answered with an error. */
function requestId(raw: unknown): number | undefined {
  if (typeof raw !== 'object' || raw === null || !('id' in raw)) return undefined;
  return typeof raw.id === 'number' && Number.isInteger(raw.id) && raw.id >= 0 ? raw.id : undefined;
}

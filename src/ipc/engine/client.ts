/**
 * The host's client of the engine process: starts and restarts it, and sends requests; used by the engine service,
 * features and the command line. Each request settles exactly once.
 */
import type { ChildEnd } from '../process/child';
import { Requests } from '../process/requests';
import { Supervisor } from '../process/supervisor';
import type { LogLevel, ProcessState } from '../process/supervisor';
import { EngineError } from './errors';
import { parse } from './parse';
import { PendingEngineRequest } from './pendingRequest';
import type { EngineRequest, RequestOptions } from './pendingRequest';
import { engineMessage, methods, protocolVersion } from './protocol';
import type { EngineMessage, ErrorCode, EngineHostMessage, Method, Params, Result } from './protocol';

export type EngineState =
  | Exclude<ProcessState, { kind: 'ready' }>
  /** `loading`: a model is being opened. */
  | { readonly kind: 'ready'; readonly pid: number; readonly loading: boolean };

export interface EngineClientOptions {
  /** Absolute path of the engine's bundle. */
  modulePath: string;
  /** Asked at every start; 0 leaves the number to the engine. */
  threads(): number;
  /** Asked at every start: what models run on, see `parseDevice`; what is best where it is left out. */
  device?(): string;
  /** Asked at every start: minutes without a request after which models are closed; 0 for never. */
  unloadAfterMinutes?(): number;
  /** Whether all other programs go first. */
  background?: boolean;
  /** Absolute path of a folder for what can be found out again. Without it, that is forgotten with the process. */
  cache?: string;
  log(level: LogLevel, message: string): void;
  onState?(state: EngineState): void;
  timeouts?: Partial<EngineTimeouts>;
}

/** Milliseconds. */
export interface EngineTimeouts {
  /** For a new process to say that it is ready. */
  ready: number;
  /** For an answer after its deadline: then the caller waits no longer. Whether the engine hangs, it finds out itself. */
  grace: number;
}

type Heard = Exclude<EngineMessage, { kind: 'ready' }>;

/** MiB for objects that are young, half of what they take: left to itself, Node lets garbage come to 64 MiB before it looks. */
const nodeArgs = ['--max-semi-space-size=4'];

/**
 * The C library of Linux makes a heap for each thread that allocates, and none of them shrinks. With two, the engine takes
 * 15 MB less once weights are packed, and 20 to 70 at the first opening; the time that it computes is the same.
 */
export const engineEnvironment: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '2' };

const defaultTimeouts: EngineTimeouts = { ready: 30_000, grace: 3_000 };

/**
 * The host's side of the engine process. Starts it with the first request, starts it again when it dies, and gives
 * every request exactly one end: its result, or an `EngineError`.
 */
export class EngineClient {
  readonly #options: EngineClientOptions;
  readonly #timeouts: EngineTimeouts;
  readonly #requests = new Requests<ErrorCode, EngineRequest>({ process: 'engine', died: 'engineDied' });
  readonly #process: Supervisor<Heard, EngineHostMessage>;
  #state: EngineState = { kind: 'stopped' };
  /** Runs models in the process there is, beside the processor. */
  #provider: string | undefined;
  /** Ran models in a process that died. */
  #suspected: string | undefined;
  #nextId = 1;

  constructor(options: EngineClientOptions) {
    this.#options = options;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#process = new Supervisor<Heard, EngineHostMessage>({
      name: 'Engine',
      child: (deaths) => ({
        name: 'engine',
        modulePath: options.modulePath,
        // Native code that ended the process is not tried again before something else was served.
        args: [
          '--threads',
          String(options.threads()),
          '--backend',
          deaths > 0 ? 'binding' : 'auto',
          ...this.#placeArguments(),
          ...(options.background === true ? ['--background'] : []),
        ],
        nodeArgs,
        environment: engineEnvironment,
        readyTimeoutMs: this.#timeouts.ready,
        protocolVersion,
        schema: engineMessage,
      }),
      log: (level, message) => options.log(level, message),
      stoppedBecause: (why) => `The engine is stopped: ${why}. Use “Glassbox: Restart Engine” to try again.`,
      onState: (state) => this.#changed(state),
      onMessage: (message) => this.#receive(message),
      running: () => this.#requests.running,
      onDeath: (end) => {
        this.#suspect(end);
        this.#requests.survive(end.reason);
        return this.#requests.size > 0;
      },
      onFailed: (message) => this.#requests.rejectAll({ code: 'engineStopped', message }),
    });
  }

  get state(): EngineState {
    return this.#state;
  }

  /**
   * Asks the engine for something. The order of requests of the same priority is kept.
   *
   * @throws {EngineError} `cancelled` after the signal aborts, `deadline` when nothing usable was there in time,
   *   `engineDied` when the process died twice while it worked on this request, `engineStopped` when it is not
   *   started any more, `invalid` when parameters or answer do not fit, and whatever else the engine answers
   */
  async request<M extends Method>(method: M, params: Params<M>, options: RequestOptions<M>): Promise<Result<M>> {
    this.#refuseWhenUseless(options.signal);
    parse(methods[method].params, params, `Parameters of ${method}`);
    const request = new PendingEngineRequest(this.#nextId++, method, params, options);
    request.onAbort(() => this.#cancel(request));
    request.onOverdue(this.#timeouts.grace, () => this.#overdue(request));
    if (!this.#requests.add(request)) return request.result;
    if (this.#state.kind === 'ready') this.#send(request);
    else this.#process.start();
    return request.result;
  }

  /**
   * Ends the process and starts a new one, also after a failure. Requests that wait are asked again; what the process
   * was working on, once.
   */
  restart(): void {
    this.#provider = undefined;
    this.#suspected = undefined;
    this.#requests.restart();
    this.#process.restart();
  }

  /** Ends the process for good; requests that wait are rejected with `cancelled`. */
  dispose(): void {
    this.#process.dispose();
    this.#requests.rejectAll({ code: 'cancelled', message: 'Glassbox is closing.' });
  }

  #placeArguments(): string[] {
    const options = this.#options;
    const given = {
      device: options.device?.(),
      'unload-after': options.unloadAfterMinutes?.().toString(),
      cache: options.cache,
      lost: this.#suspected,
    };
    return Object.entries(given).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [`--${name}`, value],
    );
  }

  /**
   * A process that dies while an accelerator runs models may have died of its driver: the next one leaves it alone. One
   * that was ended because it did not answer says nothing of the driver.
   */
  #suspect({ reason, ended }: ChildEnd): void {
    if (this.#provider === undefined) return;
    if (ended !== 'died') {
      this.#provider = undefined;
      return;
    }
    this.#options.log(
      'warn',
      `The engine ended while it used ${this.#provider}: ${reason}. Models run on the processor from here on.`,
    );
    this.#suspected = this.#provider;
    this.#provider = undefined;
  }

  #refuseWhenUseless(signal: AbortSignal | undefined): void {
    if (this.#process.isDisposed || signal?.aborted === true)
      throw new EngineError('cancelled', 'The request is no longer wanted.');
    if (this.#state.kind === 'failed') throw new EngineError('engineStopped', this.#state.reason);
  }

  #changed(state: ProcessState): void {
    this.#setState(state.kind === 'ready' ? { ...state, loading: false } : state);
    if (state.kind === 'ready') for (const request of this.#requests) this.#send(request);
  }

  #send(request: EngineRequest): void {
    const { id, method, params, priority } = request;
    request.begin();
    request.sent = true;
    this.#process.send({ kind: 'request', id, method, priority, params, deadlineMs: request.remainingMs() });
  }

  #receive(message: Heard): void {
    switch (message.kind) {
      case 'log':
        this.#options.log(message.level, message.message);
        return;
      case 'provider':
        this.#provider = message.name;
        return;
      case 'loading':
        if (this.#state.kind === 'ready') this.#setState({ ...this.#state, loading: message.active });
        return;
      default:
        this.#answer(message);
    }
  }

  #answer(message: Extract<EngineMessage, { id: number }>): void {
    try {
      if (this.#requests.answer(message) !== undefined) this.#process.served();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#options.log('warn', error.message);
    }
  }

  #cancel(request: EngineRequest): void {
    this.#process.send({ kind: 'cancel', id: request.id });
    this.#requests.reject(request, { code: 'cancelled', message: 'The request is no longer wanted.' });
  }

  /** Nothing is killed here: the host may have been busy or asleep itself. An engine that hangs ends itself. */
  #overdue(request: EngineRequest): void {
    this.#process.send({ kind: 'cancel', id: request.id });
    this.#requests.reject(request, {
      code: 'deadline',
      message: `The engine did not answer ${request.method} in time.`,
    });
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}

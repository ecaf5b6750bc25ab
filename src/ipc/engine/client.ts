import { Supervisor } from '../process/supervisor';
import type { LogLevel, ProcessState } from '../process/supervisor';
import { EngineError } from './errors';
import { parse } from './parse';
import { PendingRequest } from './pendingRequest';
import type { Pending, RequestOptions } from './pendingRequest';
import { engineMessage, methods, protocolVersion } from './protocol';
import type { EngineMessage, HostMessage, Method, Params, Result } from './protocol';
import { Requests } from './pendingRequests';
import type { Answer } from './pendingRequests';

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
  /** Asked at every start: minutes after which models are closed that nobody uses; 0 for never. */
  unloadAfterMinutes?(): number;
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
  /** For an answer that is due: the engine steps every 30 ms, so one that misses this, busy machine or not, is hung. */
  grace: number;
  /** For one model to be opened. */
  load: number;
}

type Heard = Exclude<EngineMessage, { kind: 'ready' }>;

/** MiB for objects that are young, half of what they take: left to itself, Node lets garbage come to 64 MiB before it looks. */
const nodeArgs = ['--max-semi-space-size=4'];

const defaultTimeouts: EngineTimeouts = { ready: 30_000, grace: 3_000, load: 60_000 };

/**
 * The host's side of the engine process. Starts it with the first request, starts it again when it dies, and gives
 * every request exactly one end: its result, or an `EngineError`.
 */
export class EngineClient {
  readonly #options: EngineClientOptions;
  readonly #timeouts: EngineTimeouts;
  readonly #requests = new Requests();
  readonly #process: Supervisor<Heard, HostMessage>;
  #state: EngineState = { kind: 'stopped' };
  #loadTimer: NodeJS.Timeout | undefined;
  /** Runs models in the process there is, beside the processor. */
  #provider: string | undefined;
  /** Ran models in a process that died. */
  #suspected: string | undefined;
  #nextId = 1;

  constructor(options: EngineClientOptions) {
    this.#options = options;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#process = new Supervisor<Heard, HostMessage>({
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
        ],
        nodeArgs,
        readyTimeoutMs: this.#timeouts.ready,
        protocolVersion,
        schema: engineMessage,
      }),
      log: (level, message) => options.log(level, message),
      stoppedBecause: (why) => `The engine is stopped: ${why}. Use “Glassbox: Restart Engine” to try again.`,
      onState: (state) => this.#changed(state),
      onMessage: (message) => this.#receive(message),
      onDeath: (reason) => {
        this.#suspect(reason);
        this.#requests.survive(reason);
        return this.#requests.size > 0;
      },
      onFailed: (reason) => this.#requests.rejectAll(new EngineError('engineStopped', reason)),
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
    const request = new PendingRequest(this.#nextId++, method, params, options);
    request.onAbort(() => this.#cancel(request));
    request.onOverdue(this.#timeouts.grace, () => this.#overdue(request));
    this.#requests.add(request);
    if (this.#state.kind === 'ready') this.#send(request);
    else this.#process.start();
    return request.result;
  }

  /** Ends the process and starts a new one, also after a failure; requests that wait are asked again. */
  restart(): void {
    this.#provider = undefined;
    this.#suspected = undefined;
    this.#process.restart();
  }

  /** Ends the process for good; requests that wait are rejected with `cancelled`. */
  dispose(): void {
    this.#process.dispose();
    this.#requests.rejectAll(new EngineError('cancelled', 'Glassbox is closing.'));
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

  /** A process that dies while an accelerator runs models may have died of its driver: the next one leaves it alone. */
  #suspect(reason: string): void {
    if (this.#provider === undefined) return;
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
    clearTimeout(this.#loadTimer);
    this.#setState(state.kind === 'ready' ? { ...state, loading: false } : state);
    if (state.kind === 'ready') for (const request of this.#requests) this.#send(request);
  }

  #send(request: Pending): void {
    const { id, method, params, priority } = request;
    request.begin();
    const deadlineMs = request.remainingMs();
    this.#process.send({
      kind: 'request',
      id,
      method,
      priority,
      params,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
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
        this.#loading(message.active);
        return;
      default:
        this.#answer(message);
    }
  }

  #answer(message: Answer): void {
    try {
      if (this.#requests.answer(message)) this.#process.served();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#options.log('warn', error.message);
    }
  }

  #loading(active: boolean): void {
    clearTimeout(this.#loadTimer);
    if (active) {
      const limitMs = this.#timeouts.load;
      this.#loadTimer = setTimeout(
        () => this.#process.kill(`a model that was not open after ${limitMs / 1000} s`),
        limitMs,
      );
    }
    if (this.#state.kind === 'ready') this.#setState({ ...this.#state, loading: active });
  }

  #cancel(request: Pending): void {
    this.#process.send({ kind: 'cancel', id: request.id });
    this.#requests.reject(request, new EngineError('cancelled', 'The request is no longer wanted.'));
  }

  #overdue(request: Pending): void {
    this.#requests.reject(request, new EngineError('deadline', `The engine did not answer ${request.method} in time.`));
    // A process that starts or opens a model has a limit of its own, and a reason not to answer.
    if (this.#state.kind === 'ready' && !this.#state.loading) this.#process.kill('no answer in time');
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}

import { maxConsecutiveDeaths, restartDelayMs } from './backoff';
import { EngineChild } from './child';
import { EngineError } from './errors';
import { parse } from './parse';
import { PendingRequest, type Pending, type RequestOptions } from './pending';
import { methods, type EngineMessage, type LogLevel, type Method, type Params, type Result } from './protocol';
import { Requests, type Answer } from './requests';

export type EngineState =
  /** No process; the next request starts one. */
  | { kind: 'stopped' }
  | { kind: 'starting' }
  /** `loading`: a model is being opened. */
  | { kind: 'ready'; pid: number; loading: boolean }
  /** Not started again by itself; the reason is a sentence for people. */
  | { kind: 'failed'; reason: string };

export interface EngineClientOptions {
  /** Absolute path of the engine's bundle. */
  modulePath: string;
  /** Asked at every start; 0 leaves the number to the engine. */
  threads(): number;
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

const defaultTimeouts: EngineTimeouts = { ready: 30_000, grace: 3_000, load: 60_000 };

/**
 * The host's side of the engine process. Starts it with the first request, starts it again when it dies, and gives
 * every request exactly one end: its result, or an `EngineError`.
 */
export class EngineClient {
  readonly #options: EngineClientOptions;
  readonly #timeouts: EngineTimeouts;
  readonly #requests = new Requests();
  #state: EngineState = { kind: 'stopped' };
  #child: EngineChild | undefined;
  #startTimer: NodeJS.Timeout | undefined;
  #loadTimer: NodeJS.Timeout | undefined;
  /** Deaths in a row with no request served in between. */
  #deaths = 0;
  /** No start before this moment of `performance.now()`. */
  #notBefore = 0;
  #nextId = 1;
  #disposed = false;

  constructor(options: EngineClientOptions) {
    this.#options = options;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
  }

  get state(): EngineState {
    return this.#state;
  }

  /**
   * Asks the engine for something. The order of requests of the same priority is kept.
   *
   * @throws EngineError `cancelled` after the signal aborts, `deadline` when nothing usable was there in time,
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
    else this.#startSoon();
    return request.result;
  }

  /** Ends the process and starts a new one, also after a failure; requests that wait are asked again. */
  restart(): void {
    if (this.#disposed) return;
    this.#abandonChild('restarted');
    this.#deaths = 0;
    this.#notBefore = 0;
    this.#start();
  }

  /** Ends the process for good; requests that wait are rejected with `cancelled`. */
  dispose(): void {
    this.#disposed = true;
    this.#abandonChild('disposed');
    this.#setState({ kind: 'stopped' });
    this.#requests.rejectAll(new EngineError('cancelled', 'Glassbox is closing.'));
  }

  #refuseWhenUseless(signal: AbortSignal | undefined): void {
    if (this.#disposed || signal?.aborted === true) throw new EngineError('cancelled', 'The request is no longer wanted.');
    if (this.#state.kind === 'failed') throw new EngineError('engineStopped', this.#state.reason);
  }

  #startSoon(): void {
    if (this.#child !== undefined || this.#startTimer !== undefined) return;
    const delayMs = this.#notBefore - performance.now();
    if (delayMs <= 0) {
      this.#start();
    } else {
      this.#setState({ kind: 'starting' });
      this.#startTimer = setTimeout(() => this.#start(), delayMs);
    }
  }

  #start(): void {
    this.#startTimer = undefined;
    this.#setState({ kind: 'starting' });
    const child: EngineChild = new EngineChild(
      {
        modulePath: this.#options.modulePath,
        // Native code that ended the process is not tried again before something else was served.
        args: ['--threads', String(this.#options.threads()), '--backend', this.#deaths > 0 ? 'binding' : 'auto'],
        readyTimeoutMs: this.#timeouts.ready,
      },
      {
        onReady: (pid) => this.#child === child && this.#ready(pid),
        onMessage: (message) => this.#child === child && this.#receive(message),
        onRefused: (sentence) => this.#options.log('warn', sentence),
        onEnd: (end) => this.#child === child && this.#died(child, end),
      },
    );
    this.#child = child;
  }

  #ready(pid: number): void {
    this.#options.log('debug', `Engine process ${pid} is ready.`);
    this.#setState({ kind: 'ready', pid, loading: false });
    for (const request of this.#requests) this.#send(request);
  }

  #send(request: Pending): void {
    const { id, method, params, priority } = request;
    request.begin();
    const deadlineMs = request.remainingMs();
    this.#child?.send({
      kind: 'request',
      id,
      method,
      priority,
      params,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
  }

  #receive(message: Exclude<EngineMessage, { kind: 'ready' }>): void {
    switch (message.kind) {
      case 'log':
        this.#options.log(message.level, message.message);
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
      if (this.#requests.answer(message)) this.#deaths = 0;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#options.log('warn', error.message);
    }
  }

  #loading(active: boolean): void {
    clearTimeout(this.#loadTimer);
    if (active) {
      const limitMs = this.#timeouts.load;
      this.#loadTimer = setTimeout(() => this.#child?.kill(`a model that was not open after ${limitMs / 1000} s`), limitMs);
    }
    if (this.#state.kind === 'ready') this.#setState({ ...this.#state, loading: active });
  }

  #cancel(request: Pending): void {
    this.#child?.send({ kind: 'cancel', id: request.id });
    this.#requests.reject(request, new EngineError('cancelled', 'The request is no longer wanted.'));
  }

  #overdue(request: Pending): void {
    this.#requests.reject(request, new EngineError('deadline', `The engine did not answer ${request.method} in time.`));
    // A process that starts or opens a model has a limit of its own, and a reason not to answer.
    if (this.#state.kind === 'ready' && !this.#state.loading) this.#child?.kill('no answer in time');
  }

  #died(child: EngineChild, end: { reason: string; fatal: boolean }): void {
    this.#forgetChild();
    this.#deaths++;
    const delayMs = end.fatal ? undefined : restartDelayMs(this.#deaths);
    const what = `Engine process ${child.pid ?? '(not started)'} ended: ${end.reason}.`;
    if (delayMs === undefined) {
      this.#fail(what, end.fatal ? end.reason : `it ended ${maxConsecutiveDeaths} times in a row, the last time with ${end.reason}`);
      return;
    }
    this.#notBefore = performance.now() + delayMs;
    this.#requests.survive(end.reason);
    if (this.#requests.size > 0) {
      this.#options.log('warn', `${what} It is started again${delayMs === 0 ? '' : ` in ${delayMs} ms`}.`);
      this.#setState({ kind: 'starting' });
      this.#startSoon();
    } else {
      this.#options.log('warn', `${what} The next request starts it again.`);
      this.#setState({ kind: 'stopped' });
    }
  }

  #fail(what: string, why: string): void {
    const reason = `The engine is stopped: ${why}. Use “Glassbox: Restart Engine” to try again.`;
    this.#options.log('error', `${what} It is not started again: ${why}.`);
    this.#setState({ kind: 'failed', reason });
    this.#requests.rejectAll(new EngineError('engineStopped', reason));
  }

  /** Ends the process on purpose: it is no death, and nothing more is heard of it. */
  #abandonChild(reason: string): void {
    const child = this.#child;
    this.#forgetChild();
    child?.kill(reason);
  }

  #forgetChild(): void {
    this.#child = undefined;
    clearTimeout(this.#startTimer);
    clearTimeout(this.#loadTimer);
    this.#startTimer = undefined;
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}

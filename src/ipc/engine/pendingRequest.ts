/**
 * One request to the engine as its client tracks it: deadline, cancellation, events and result; used by `client.ts`.
 * The caller never receives a piece of text twice.
 */
import { awakeTimeout } from '../process/awakeTimeout';
import type { Failure, PendingRequest } from '../process/requests';
import { contentsOf, deadlines } from './deadlines';
import { EngineError } from './errors';
import { parse } from './parse';
import { methods } from './protocol';
import type { ErrorCode, Event, Method, Params, Priority, Result } from './protocol';
import { ReplayedText } from './replayedText';

export interface RequestOptions<M extends Method> {
  priority: Priority;
  /** Aborting rejects at once with `cancelled` and tells the engine. */
  signal?: AbortSignal | undefined;
  /** Milliseconds from now after which the result is no longer wanted; partial text is returned where there is some. */
  deadlineMs?: number | undefined;
  /** Never called with the same piece of a text twice, also when the request is tried again. */
  onEvent?: ((event: Event<M>) => void) | undefined;
}

/** A request of whatever method, as the client keeps it. */
export interface EngineRequest extends PendingRequest<ErrorCode> {
  readonly method: Method;
  readonly params: unknown;
  readonly priority: Priority;
  /** What is left until the deadline, milliseconds. */
  remainingMs(): number;
  /** The request is handed to a new process. */
  begin(): void;
}

export class PendingEngineRequest<M extends Method> implements EngineRequest {
  deaths = 0;
  sent = false;
  started = false;
  readonly priority: Priority;
  readonly result: Promise<Result<M>>;
  readonly #options: RequestOptions<M>;
  readonly #expiresAt: number;
  readonly #settled = new AbortController();
  readonly #text = new ReplayedText();
  #resolve!: (value: Result<M>) => void;
  #reject!: (error: EngineError) => void;

  constructor(
    readonly id: number,
    readonly method: M,
    readonly params: Params<M>,
    options: RequestOptions<M>,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#options = options;
    this.priority = options.priority;
    this.#expiresAt = performance.now() + (options.deadlineMs ?? deadlines[method]);
  }

  /** Calls back when the caller aborts, unless the request has settled before. */
  onAbort(callback: () => void): void {
    this.#options.signal?.addEventListener('abort', callback, { once: true, signal: this.#settled.signal });
  }

  /** Calls back once the deadline has passed by `graceMs`, unless the request has settled before. */
  onOverdue(graceMs: number, callback: () => void): void {
    const stop = awakeTimeout(this.remainingMs() + graceMs, callback);
    this.#settled.signal.addEventListener('abort', stop, { once: true });
  }

  remainingMs(): number {
    return Math.max(0, this.#expiresAt - performance.now());
  }

  contents(): unknown[] {
    return contentsOf(this.method, this.params);
  }

  begin(): void {
    this.started = false;
    this.#text.begin();
  }

  event(value: unknown): void {
    const event = parse<(typeof methods)[M]['event']>(methods[this.method].event, value, `An event of ${this.method}`);
    if (!('text' in event)) {
      this.#options.onEvent?.(event);
      return;
    }
    const text = this.#text.next(event.text);
    if (text !== '') this.#options.onEvent?.({ ...event, text });
  }

  resolve(value: unknown): void {
    try {
      this.#resolve(
        parse<(typeof methods)[M]['result']>(methods[this.method].result, value, `The result of ${this.method}`),
      );
      this.#settled.abort();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.reject(error);
    }
  }

  reject({ code, message }: Failure<ErrorCode>): void {
    this.#reject(new EngineError(code, message));
    this.#settled.abort();
  }
}

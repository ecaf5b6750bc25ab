import { EngineError } from './errors';
import { parse } from './parse';
import { methods } from './protocol';
import type { Event, Method, Params, Priority, Result } from './protocol';
import { ReplayedText } from './replayedText';

export interface RequestOptions<M extends Method> {
  priority: Priority;
  /** Aborting rejects at once with `cancelled` and tells the engine. */
  signal?: AbortSignal | undefined;
  /** Milliseconds from now after which the result is no longer wanted; partial text is returned where there is some. */
  deadlineMs?: number | undefined;
  /** Never hears the same piece of a text twice, also when the request is tried again. */
  onEvent?: ((event: Event<M>) => void) | undefined;
}

/** A request that somebody waits for, whatever its method. It outlives the process that works on it. */
export interface Pending {
  readonly id: number;
  readonly method: Method;
  readonly params: unknown;
  readonly priority: Priority;
  /** How many processes died while they worked on it. */
  deaths: number;
  /** Whether the process of today has begun to work on it. */
  started: boolean;
  /** What is left until the deadline, milliseconds; undefined without one. */
  remainingMs(): number | undefined;
  /** The request is handed to a new process. */
  begin(): void;
  /** @throws {EngineError} `invalid` where the value is not what the method streams */
  event(value: unknown): void;
  /** Settles with the engine's answer; an answer that does not fit the method rejects with `invalid`. */
  resolve(value: unknown): void;
  reject(error: EngineError): void;
}

export class PendingRequest<M extends Method> implements Pending {
  deaths = 0;
  started = false;
  readonly priority: Priority;
  readonly result: Promise<Result<M>>;
  readonly #options: RequestOptions<M>;
  readonly #expiresAt: number | undefined;
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
    this.#expiresAt = options.deadlineMs === undefined ? undefined : performance.now() + options.deadlineMs;
  }

  /** Calls back when the caller aborts, unless the request has settled before. */
  onAbort(callback: () => void): void {
    this.#options.signal?.addEventListener('abort', callback, { once: true, signal: this.#settled.signal });
  }

  /** Calls back once the deadline has passed by `graceMs`, unless there is none or the request has settled before. */
  onOverdue(graceMs: number, callback: () => void): void {
    const remainingMs = this.remainingMs();
    if (remainingMs === undefined) return;
    const timer = setTimeout(callback, remainingMs + graceMs);
    this.#settled.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  remainingMs(): number | undefined {
    return this.#expiresAt === undefined ? undefined : Math.max(0, this.#expiresAt - performance.now());
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

  reject(error: EngineError): void {
    this.#reject(error);
    this.#settled.abort();
  }
}

/**
 * Ends one exchange with a server when it takes too long or is no longer wanted; used by the HTTP client for each request. It
 * knows the reason afterwards, whatever the socket says of its end.
 */
import { ServerError } from '../errors';
import type { HttpLimits } from './limits';

/** The time and the wish that one exchange has. */
export class ExchangeWatch {
  #reason: ServerError | undefined;
  #stop: (() => void) | undefined;
  #silence: NodeJS.Timeout;
  readonly #total: NodeJS.Timeout;
  readonly #abort = (): void => this.#end(cancelled());

  /** @param origin of the server, for sentences */
  constructor(
    private readonly limits: HttpLimits,
    private readonly signal: AbortSignal | undefined,
    private readonly origin: string,
  ) {
    this.#silence = this.#after(Math.min(limits.firstByteMs, limits.totalMs));
    this.#total = this.#after(limits.totalMs);
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted) this.#reason = cancelled();
  }

  /** Why the exchange was ended from here, if it was. */
  get reason(): ServerError | undefined {
    return this.#reason;
  }

  /** @param stop closes the connection; called at once where there is a reason by now */
  stopWith(stop: () => void): void {
    this.#stop = stop;
    if (this.#reason !== undefined) stop();
  }

  /** The server has said something. */
  heard(): void {
    clearTimeout(this.#silence);
    if (this.#reason === undefined) this.#silence = this.#after(this.limits.silenceMs);
  }

  /** The exchange is over. Nothing is stopped any more. */
  end(): void {
    this.#stop = undefined;
    this.#clear();
  }

  #after(ms: number): NodeJS.Timeout {
    return setTimeout(
      () => this.#end(new ServerError('deadline', `The server at ${this.origin} does not answer.`)),
      ms,
    );
  }

  #end(reason: ServerError): void {
    this.#reason ??= reason;
    this.#clear();
    this.#stop?.();
  }

  #clear(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#total);
    this.signal?.removeEventListener('abort', this.#abort);
  }
}

const cancelled = (): ServerError => new ServerError('cancelled', 'The answer of the server is no longer wanted.');

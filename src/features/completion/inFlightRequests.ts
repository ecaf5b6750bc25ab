/**
 * Completion requests in progress, shared between key presses: a request goes on while its text may still be what the
 * user types, and is aborted otherwise. Used by the completer.
 */
import { mayStillFit } from './reuse';
import type { CursorContext } from './cursorContext';

/** Computes a text; calls `onText` with each new piece of it. */
export type Compute<R> = (signal: AbortSignal, onText: (piece: string) => void) => Promise<R>;

/** A request shared by key presses. It goes on while the user types what it writes, or `graceMs` once none waits. */
export class InFlightRequest<R> {
  readonly #controller = new AbortController();
  #written = '';
  #waiting = 0;
  #ended = false;
  #abandonment: NodeJS.Timeout | undefined;
  readonly #listeners = new Set<() => void>();
  readonly result: Promise<R>;

  /** @param graceMs how long it goes on when no key press waits: until the one that ended the wait was looked at. */
  constructor(
    readonly cursor: CursorContext,
    compute: Compute<R>,
    private readonly graceMs: number,
  ) {
    this.result = compute(this.#controller.signal, (piece) => {
      this.#written += piece;
      this.#notify();
    });
    // A failure rejects every `wait`; while there is none, it is dropped.
    const end = (): void => {
      this.#ended = true;
      clearTimeout(this.#abandonment);
    };
    this.result.then(end, end);
  }

  /** Whether its text may be what is being typed at the cursor. */
  suits(cursor: CursorContext): boolean {
    return !this.#controller.signal.aborted && mayStillFit({ cursor: this.cursor, text: this.#written }, cursor);
  }

  abort(): void {
    clearTimeout(this.#abandonment);
    this.#controller.abort();
    this.#notify();
  }

  /**
   * Waits for the result on behalf of a cursor.
   * @returns undefined as soon as the text no longer suits the cursor, or when the signal is raised.
   * @throws {unknown} what the computation throws.
   */
  async wait(cursor: CursorContext, signal: AbortSignal): Promise<R | undefined> {
    clearTimeout(this.#abandonment);
    this.#waiting++;
    let stop = (): void => undefined;
    const noLonger = new Promise<undefined>((resolve) => {
      stop = () => {
        if (signal.aborted || !this.suits(cursor)) resolve(undefined);
      };
      stop();
      this.#listeners.add(stop);
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([noLonger, this.result]);
    } finally {
      this.#listeners.delete(stop);
      signal.removeEventListener('abort', stop);
      this.#waiting--;
      if (this.#waiting === 0 && !this.#ended) this.#abandonment = setTimeout(() => this.abort(), this.graceMs);
    }
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** All requests being computed. Only the newest cursor may end others, and only those that do not suit it. */
export class InFlightRequests<R> {
  readonly #requests = new Set<InFlightRequest<R>>();

  /** @param graceMs a little more than editors wait between cancelling one request and making the next. */
  constructor(private readonly graceMs = 120) {}

  /** The request that suits the cursor — started now where there is none — after ending those that do not. */
  joinOrStart(cursor: CursorContext, compute: Compute<R>): InFlightRequest<R> {
    let suiting: InFlightRequest<R> | undefined;
    for (const request of this.#requests) {
      if (request.suits(cursor)) suiting = request;
      else request.abort();
    }
    return suiting ?? this.#start(cursor, compute);
  }

  /** Whether a request suits the cursor already, so that waiting for it costs nothing new. */
  has(cursor: CursorContext): boolean {
    return [...this.#requests].some((request) => request.suits(cursor));
  }

  abortAll(): void {
    for (const request of this.#requests) request.abort();
  }

  #start(cursor: CursorContext, compute: Compute<R>): InFlightRequest<R> {
    const request = new InFlightRequest(cursor, compute, this.graceMs);
    this.#requests.add(request);
    const remove = (): void => void this.#requests.delete(request);
    request.result.then(remove, remove);
    return request;
  }
}

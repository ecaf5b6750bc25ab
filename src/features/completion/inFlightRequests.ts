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
    readonly place: CursorContext,
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

  /** Whether its text may be what is being typed at the place. */
  suits(now: CursorContext): boolean {
    return !this.#controller.signal.aborted && mayStillFit(this.place, this.#written, now);
  }

  abort(): void {
    clearTimeout(this.#abandonment);
    this.#controller.abort();
    this.#notify();
  }

  /**
   * Waits for the result on behalf of a place.
   * @returns undefined as soon as the text no longer suits the place, or when the signal is raised.
   * @throws {unknown} what the computation throws.
   */
  async wait(now: CursorContext, signal: AbortSignal): Promise<R | undefined> {
    clearTimeout(this.#abandonment);
    this.#waiting++;
    let stop = (): void => undefined;
    const noLonger = new Promise<undefined>((resolve) => {
      stop = () => {
        if (signal.aborted || !this.suits(now)) resolve(undefined);
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

/** All requests being computed. Only the newest place may end others, and only those that do not suit it. */
export class InFlightRequests<R> {
  readonly #flights = new Set<InFlightRequest<R>>();

  /** @param graceMs a little more than editors wait between cancelling one request and making the next. */
  constructor(private readonly graceMs = 120) {}

  /** The flight that suits the place — started now where there is none — after ending those that do not. */
  joinOrStart(now: CursorContext, compute: Compute<R>): InFlightRequest<R> {
    let suiting: InFlightRequest<R> | undefined;
    for (const flight of this.#flights) {
      if (flight.suits(now)) suiting = flight;
      else flight.abort();
    }
    return suiting ?? this.#start(now, compute);
  }

  /** Whether a flight suits the place already, so that waiting for it costs nothing new. */
  has(now: CursorContext): boolean {
    return [...this.#flights].some((flight) => flight.suits(now));
  }

  abortAll(): void {
    for (const flight of this.#flights) flight.abort();
  }

  #start(place: CursorContext, compute: Compute<R>): InFlightRequest<R> {
    const flight = new InFlightRequest(place, compute, this.graceMs);
    this.#flights.add(flight);
    const land = (): void => void this.#flights.delete(flight);
    flight.result.then(land, land);
    return flight;
  }
}

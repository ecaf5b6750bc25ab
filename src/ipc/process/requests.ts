/**
 * The requests that a client of a child process waits for: sends them again when the process dies, and fails those that
 * ended it twice. Used by the clients of the engine and of the index process, which make the requests and the errors.
 */
import { DeadlyContents } from './deadlyContents';

/** Why a request failed, for programs (`code`) and for people (`message`). */
export interface Failure<Code extends string> {
  readonly code: Code;
  readonly message: string;
}

/** A request that has no end yet. It outlives the process that works on it. */
export interface PendingRequest<Code extends string> {
  readonly id: number;
  readonly method: string;
  /** How many processes died while they worked on it. */
  deaths: number;
  /** Whether the process of today has been sent it: it may work on it before anything is heard of that. */
  sent: boolean;
  /** Whether the process of today works on it now. */
  started: boolean;
  /** What a process may have died of, each by itself: see `DeadlyContents`. */
  contents(): readonly unknown[];
  /** @throws {Error} where the value is not what the method streams */
  event(value: unknown): void;
  /** Settles with the answer, or rejects where it does not fit the method. */
  resolve(value: unknown): void;
  reject(failure: Failure<Code>): void;
}

/** What a process says about one request. */
export type ProcessReply<Code extends string> =
  | { readonly kind: 'started' | 'parked'; readonly id: number }
  | { readonly kind: 'event' | 'result'; readonly id: number; readonly value?: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: Failure<Code> };

/** How many deaths of the process one request may live through: it is tried again once. */
const maxDeathsPerRequest = 1;

/** How sentences call the process, and the code of a request that it died of. */
export interface RequestNames<Code extends string> {
  /** `engine` */
  readonly process: string;
  readonly died: Code;
}

/** In the order in which they were made. Whatever ends one takes it out. */
export class Requests<Code extends string, Request extends PendingRequest<Code>> {
  readonly #pending = new Map<number, Request>();
  /** Requests that have ended for the caller, while the process may still work on them. */
  readonly #abandoned = new Map<number, Request>();
  readonly #deadly = new DeadlyContents();

  constructor(private readonly names: RequestNames<Code>) {}

  get size(): number {
    return this.#pending.size;
  }

  /** The methods that the process works on now. */
  get running(): string[] {
    return this.#all.flatMap(({ started, method }) => (started ? [method] : []));
  }

  [Symbol.iterator](): Iterator<Request> {
    return this.#pending.values();
  }

  /** @returns false where processes have died of the like of it: then it is rejected, and not to be sent */
  add(request: Request): boolean {
    this.#pending.set(request.id, request);
    if (!this.#deadly.areDeadly(() => request.contents())) return true;
    this.reject(request, {
      code: this.names.died,
      message: `The ${this.names.process} has ended twice while it worked on this very ${request.method}, so it is not asked again before it is restarted.`,
    });
    return false;
  }

  /**
   * Hands an answer to its request. One that was cancelled meanwhile is not there any more.
   *
   * @returns the request, where this was the last answer to it
   * @throws {Error} where an event is not what the method streams
   */
  answer(message: ProcessReply<Code>): Request | undefined {
    const request = this.#pending.get(message.id);
    const isLast = message.kind === 'result' || message.kind === 'error';
    const known = request ?? this.#abandoned.get(message.id);
    if (known === undefined) return undefined;
    if (isLast) this.#abandoned.delete(message.id);
    if (message.kind === 'started' || message.kind === 'parked' || isLast) known.started = message.kind === 'started';
    if (request === undefined) return undefined;
    switch (message.kind) {
      case 'event':
        request.event(message.value);
        return undefined;
      case 'result':
        this.#deadly.served(() => request.contents());
        this.#pending.delete(request.id);
        request.resolve(message.value);
        return request;
      case 'error':
        this.reject(request, message.error);
        return request;
      default:
        return undefined;
    }
  }

  reject(request: Request, failure: Failure<Code>): void {
    if (!this.#pending.delete(request.id)) return;
    if (request.sent) this.#abandoned.set(request.id, request);
    request.reject(failure);
  }

  rejectAll(failure: Failure<Code>): void {
    for (const request of this.#pending.values()) this.reject(request, failure);
  }

  /**
   * The process has died. Rejects what it was working on at an earlier death too, since that may be what kills it; what
   * waited is innocent. The contents of a request that has several are remembered at that second death only: asking for
   * one at a time finds out which it was.
   */
  survive(reason: string): void {
    for (const request of this.#started()) {
      const contents = request.contents();
      const isLast = ++request.deaths > maxDeathsPerRequest;
      if (isLast || contents.length === 1) this.#deadly.died(contents);
      if (isLast || this.#deadly.areDeadly(() => contents))
        this.reject(request, {
          code: this.names.died,
          message: `The ${this.names.process} ended twice while it worked on ${request.method}: ${reason}.`,
        });
    }
  }

  /**
   * The process is ended on purpose, perhaps because one of these took too long: each that was worked on is asked again
   * once. What was remembered of deaths is forgotten.
   */
  restart(): void {
    this.#deadly.forget();
    for (const request of this.#started()) {
      if (++request.deaths > maxDeathsPerRequest)
        this.reject(request, {
          code: this.names.died,
          message: `The ${this.names.process} was restarted while it worked on ${request.method}.`,
        });
    }
  }

  get #all(): Request[] {
    return [...this.#pending.values(), ...this.#abandoned.values()];
  }

  /** What the process that is gone was working on. */
  #started(): Request[] {
    const all = this.#all;
    const found = all.filter(({ started }) => started);
    this.#abandoned.clear();
    for (const request of all) request.sent = request.started = false;
    return found;
  }
}

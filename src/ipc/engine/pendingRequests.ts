import { EngineError } from './errors';
import type { Pending } from './pendingRequest';
import type { EngineMessage } from './protocol';

/** What an engine says about one request. */
export type Answer = Extract<EngineMessage, { id: number }>;

/** How many deaths of the process one request may live through: it is tried again once. */
const maxDeathsPerRequest = 1;

/** The requests that somebody waits for, in the order in which they were made. Whatever ends one takes it out. */
export class Requests {
  readonly #pending = new Map<number, Pending>();

  get size(): number {
    return this.#pending.size;
  }

  [Symbol.iterator](): Iterator<Pending> {
    return this.#pending.values();
  }

  add(request: Pending): void {
    this.#pending.set(request.id, request);
  }

  /**
   * Hands an answer to its request. One that was cancelled meanwhile is not there any more, and nobody waits for it.
   *
   * @returns whether the answer was the last one to a request
   * @throws {EngineError} `invalid` where an event is not what the method streams
   */
  answer(message: Answer): boolean {
    const request = this.#pending.get(message.id);
    if (request === undefined) return false;
    switch (message.kind) {
      case 'started':
        request.started = true;
        return false;
      case 'event':
        request.event(message.value);
        return false;
      case 'result':
        this.#pending.delete(request.id);
        request.resolve(message.value);
        return true;
      case 'error':
        this.reject(request, new EngineError(message.error.code, message.error.message));
        return true;
    }
  }

  reject(request: Pending, error: EngineError): void {
    this.#pending.delete(request.id);
    request.reject(error);
  }

  rejectAll(error: EngineError): void {
    for (const request of this.#pending.values()) this.reject(request, error);
  }

  /**
   * The process has died. Rejects what it was working on at an earlier death too, since that may be what kills it;
   * what waited behind is innocent.
   */
  survive(reason: string): void {
    for (const request of this.#pending.values()) {
      if (!request.started) continue;
      request.started = false;
      if (++request.deaths <= maxDeathsPerRequest) continue;
      this.reject(
        request,
        new EngineError('engineDied', `The engine ended twice while it worked on ${request.method}: ${reason}.`),
      );
    }
  }
}

/**
 * Awaits a promise unless a signal aborts first; used by the engine's request handlers and the attention service. The
 * awaited work itself is not stopped.
 */
import type { EngineError } from './errors';

/** Settles as the promise does, or rejects with the signal's reason as soon as that is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason as EngineError), { once: true });
    promise.then(resolve, reject);
  });
}

/**
 * Back-off after engine errors: lasting ones hold new requests for a pause that doubles up to a minute, and a repeated
 * message is logged once. Used by the completer.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { ErrorCode } from '../../ipc/engine/protocol';
import { errorMessage } from '../../common/errorMessage';

/** Failures that the next request would only meet again: it is not made before a while has passed. */
const lasting: ReadonlySet<ErrorCode> = new Set(['modelMissing', 'modelInvalid', 'runtime', 'engineStopped']);
const firstPauseMs = 2_000;
const maxPauseMs = 60_000;

/**
 * Remembers that completions cannot work at present, so that a broken model costs one line in the log and not one
 * per key press. The next try is made after a pause that doubles up to a minute, or as soon as something changed.
 */
export class Failures {
  #message: string | undefined;
  #pauseMs = 0;
  #nextTry = -Infinity;

  /** @param now milliseconds of a monotonic clock */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Why requests are not made now; undefined where they may be. */
  get holding(): string | undefined {
    return this.now() < this.#nextTry ? this.#message : undefined;
  }

  /** Takes note of a failure. @returns its sentence, and whether it is news to the log. */
  note(error: unknown): { readonly message: string; readonly isNew: boolean } {
    const message = errorMessage(error);
    const isNew = message !== this.#message;
    this.#message = message;
    if (error instanceof EngineError && lasting.has(error.code)) {
      this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, firstPauseMs), maxPauseMs);
      this.#nextTry = this.now() + this.#pauseMs;
    }
    return { message, isNew };
  }

  /** The next request is made whatever happened; if it fails in the same way, that is no news. */
  lift(): void {
    this.#nextTry = -Infinity;
  }

  /** A request was served, or something changed that may have mended it. */
  clear(): void {
    this.#message = undefined;
    this.#pauseMs = 0;
    this.#nextTry = -Infinity;
  }
}

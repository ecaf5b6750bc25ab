/** A request of the index process as its client keeps it, and how long each may take. */
import type { Failure, PendingRequest } from '../process/requests';
import { IndexError } from './errors';
import { methods, worksBeforeAnswer } from './protocol';
import type { ErrorCode, Method, Params, Result } from './protocol';
import { valid } from './valid';

const minute = 60_000;

/** Milliseconds after which the client gives a request up. */
export const deadlines: Readonly<Record<Method, number>> = {
  open: minute,
  changed: minute,
  encoder: minute,
  used: minute,
  search: minute,
  pause: minute,
  resume: minute,
  cancel: minute,
  // Reads the whole index.
  verify: 15 * minute,
  rebuild: minute,
  clear: minute,
  size: minute,
  skipped: minute,
  examples: minute,
  clearCaches: minute,
};

/** A request of whatever method, as the client keeps it. */
export interface IndexRequest extends PendingRequest<ErrorCode> {
  readonly method: Method;
  readonly params: unknown;
  /** Whether an answer to it says that the process works. */
  readonly tells: boolean;
}

export class PendingIndexRequest<M extends Method> implements IndexRequest {
  deaths = 0;
  sent = false;
  started = false;
  readonly result: Promise<Result<M>>;
  #resolve!: (value: Result<M>) => void;
  #reject!: (error: IndexError) => void;

  constructor(
    readonly id: number,
    readonly method: M,
    readonly params: Params<M>,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** A process that dies of a file has always answered before what it only notes down. */
  get tells(): boolean {
    return worksBeforeAnswer.has(this.method);
  }

  contents(): unknown[] {
    return [[this.method, this.params]];
  }

  event(): void {
    throw new IndexError('invalid', `${this.method} does not stream.`);
  }

  resolve(value: unknown): void {
    try {
      this.#resolve(
        valid<(typeof methods)[M]['result']>(methods[this.method].result, value, `The result of ${this.method}`),
      );
    } catch (error) {
      if (!(error instanceof IndexError)) throw error;
      this.#reject(error);
    }
  }

  reject({ code, message }: Failure<ErrorCode>): void {
    this.#reject(new IndexError(code, message));
  }
}

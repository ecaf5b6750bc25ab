/**
 * Client end of the message protocol between a webview page and the host: requests with timeouts and cancellation, and
 * events. Used by both pages; every received message is validated.
 */
import { check, checkSize, entryOf, hostMessage, PageError } from '../../src/ipc/pages/protocol';
import type {
  EventName,
  EventValue,
  Notification,
  NotificationName,
  PageMessage,
  PageProtocol,
  RequestName,
  RequestInput,
  RequestResult,
} from '../../src/ipc/pages/protocol';
import { errorMessage } from '../../src/common/errorMessage';

/** What carries messages: VS Code, or a script that plays its part in a plain browser. */
export interface Transport {
  post(message: PageMessage): void;
  /** Called once; whatever comes is handed over as it is. */
  listen(receive: (message: unknown) => void): void;
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until the request is given up; a minute where it is absent. */
  readonly timeoutMs?: number;
}

interface Pending {
  readonly name: string;
  resolve(value: unknown): void;
  reject(error: PageError): void;
}

const defaultTimeoutMs = 60_000;

/** The page's end of the line: requests with ids, time-outs and typed errors; everything received is checked. */
export class HostClient<P extends PageProtocol> {
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(value: unknown) => void>>();
  #nextId = 1;

  constructor(
    private readonly protocol: P,
    private readonly transport: Transport,
  ) {
    transport.listen((message) => this.#receive(message));
  }

  /**
   * Asks the host.
   *
   * @throws {PageError} `cancelled` when the signal is raised, `timeout`, `invalid` when the answer does not fit, or
   *   what the host answers
   */
  request<K extends RequestName<P>>(
    name: K,
    params: RequestInput<P, K>,
    { signal, timeoutMs = defaultTimeoutMs }: AskOptions = {},
  ): Promise<RequestResult<P, K>> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new PageError('cancelled', 'No longer wanted.'));
        return;
      }
      const giveUp = (error: PageError): void => {
        this.transport.post({ kind: 'cancel', id });
        pending.reject(error);
      };
      const onAbort = (): void => giveUp(new PageError('cancelled', 'No longer wanted.'));
      const timer = setTimeout(
        () => giveUp(new PageError('timeout', `${name}: no answer within ${Math.round(timeoutMs / 1000)} s.`)),
        timeoutMs,
      );
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#pending.delete(id);
      };
      const pending: Pending = {
        name,
        resolve: (value) => {
          end();
          resolve(value);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      try {
        checkSize(params, `Parameters of ${name}`);
      } catch (error) {
        pending.reject(error as PageError);
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, pending);
      this.transport.post({ kind: 'request', id, name, value: params });
    });
  }

  /** Sends the host what needs no answer. */
  notify<K extends NotificationName<P>>(name: K, value: Notification<P, K>): void {
    try {
      checkSize(value, `Notification ${name}`);
      this.transport.post({ kind: 'notification', name, value });
    } catch (error) {
      this.log('error', `Not sent. ${errorMessage(error)}`);
    }
  }

  /** @returns what ends the subscription */
  on<K extends EventName<P>>(name: K, listener: (value: EventValue<P, K>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Writes a line to the extension's log. */
  log(level: 'warn' | 'error', message: string): void {
    this.transport.post({ kind: 'log', level, message: message.slice(0, 2000) });
  }

  #receive(raw: unknown): void {
    try {
      checkSize(raw, 'A message of the host');
      const message = check(hostMessage, raw, 'A message of the host');
      if (message.kind === 'event') this.#notify(message.name, message.value);
      else this.#settle(message);
    } catch (error) {
      this.log('warn', `Refused. ${errorMessage(error)}`);
    }
  }

  #notify(name: string, value: unknown): void {
    const schema = entryOf(this.protocol.events, name);
    if (schema === undefined)
      throw new PageError('invalid', `The host sent the event ${JSON.stringify(name)}, which is unknown.`);
    const checked = check(schema, value, `Event ${name}`);
    for (const listener of this.#listeners.get(name) ?? []) listener(checked);
  }

  #settle(
    message:
      | { kind: 'result'; id: number; value: unknown }
      | { kind: 'error'; id: number; error: { code: PageError['code']; message: string } },
  ): void {
    const pending = this.#pending.get(message.id);
    // An answer to what was given up meanwhile.
    if (pending === undefined) return;
    if (message.kind === 'error') {
      pending.reject(new PageError(message.error.code, message.error.message));
      return;
    }
    const schema = entryOf(this.protocol.requests, pending.name)?.result;
    try {
      if (schema === undefined) throw new PageError('invalid', `${pending.name} is unknown.`);
      pending.resolve(check(schema, message.value, `Answer to ${pending.name}`));
    } catch (error) {
      const refused = error instanceof PageError ? error : new PageError('invalid', String(error));
      pending.reject(refused);
      throw refused;
    }
  }
}

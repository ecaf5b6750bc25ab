/**
 * The host's end of the channel to a webview: validates messages, answers requests once and handles cancellation; used
 * by the inspector, the search view and the recorded page. Does not import `vscode`.
 */
import { check, checkSize, entryOf, PageError, pageMessage } from './protocol';
import type {
  EventName,
  EventValue,
  Notification,
  NotificationName,
  PageHostMessage,
  PageProtocol,
  RequestName,
  RequestParams,
  RequestResult,
} from './protocol';
import { errorMessage } from '../../common/errorMessage';

/** What the host does for a page. */
export interface PageHandlers<P extends PageProtocol> {
  readonly requests: {
    readonly [K in RequestName<P>]: (params: RequestParams<P, K>, signal: AbortSignal) => Promise<RequestResult<P, K>>;
  };
  readonly notifications: { readonly [K in NotificationName<P>]: (value: Notification<P, K>) => void };
}

export interface PageServerOptions {
  /** Hands a message to the page. */
  readonly post: (message: PageHostMessage) => void;
  readonly log: (level: 'warn' | 'error', message: string) => void;
}

type AnyHandler = (value: unknown, signal: AbortSignal) => unknown;

/** The host's end of the line to a page: checks what comes, answers every request exactly once, ends those cancelled. */
export class PageServer<P extends PageProtocol> {
  readonly #running = new Map<number, AbortController>();
  #disposed = false;

  constructor(
    private readonly protocol: P,
    private readonly handlers: PageHandlers<P>,
    private readonly options: PageServerOptions,
  ) {}

  /** Takes a message as it came from the page, whatever it is; none after {@link dispose}. */
  receive(raw: unknown): void {
    if (this.#disposed) return;
    try {
      checkSize(raw, 'A message of the page');
      const message = check(pageMessage, raw, 'A message of the page');
      switch (message.kind) {
        case 'request':
          void this.#answer(message.id, message.name, message.value);
          return;
        case 'cancel':
          this.#running.get(message.id)?.abort();
          return;
        case 'notification': {
          const schema = entryOf(this.protocol.notifications, message.name);
          const handler = entryOf(this.handlers.notifications as Record<string, AnyHandler>, message.name);
          if (schema === undefined || handler === undefined)
            throw new PageError(
              'invalid',
              `The page sent the notification ${JSON.stringify(message.name)}, which is unknown.`,
            );
          handler(check(schema, message.value, `Notification ${message.name}`), new AbortController().signal);
          return;
        }
        case 'log':
          this.options.log(message.level, `The page says: ${message.message}`);
      }
    } catch (error) {
      this.options.log('warn', `Refused. ${sentence(error)}`);
    }
  }

  /** Sends the page an event; after {@link dispose}, none arrives. */
  send<K extends EventName<P>>(name: K, value: EventValue<P, K>): void {
    try {
      checkSize(value, `Event ${name}`);
      this.#post({ kind: 'event', name, value });
    } catch (error) {
      this.options.log('error', `Not sent. ${sentence(error)}`);
    }
  }

  /** Ends what is still being computed; nothing is sent any more. */
  dispose(): void {
    this.#disposed = true;
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
  }

  async #answer(id: number, name: string, value: unknown): Promise<void> {
    const controller = new AbortController();
    this.#running.get(id)?.abort();
    this.#running.set(id, controller);
    try {
      const entry = entryOf(this.protocol.requests, name);
      const handler = entryOf(this.handlers.requests as unknown as Record<string, AnyHandler>, name);
      if (entry === undefined || handler === undefined)
        throw new PageError('invalid', `The page asked ${JSON.stringify(name)}, which is unknown.`);
      const params = check(entry.params, value, `Parameters of ${name}`);
      const result = await handler(params, controller.signal);
      checkSize(result, `Answer to ${name}`);
      this.#post({ kind: 'result', id, value: result });
    } catch (error) {
      const failure = controller.signal.aborted ? new PageError('cancelled', 'No longer wanted.') : error;
      const code = failure instanceof PageError ? failure.code : 'failed';
      if (code === 'invalid') this.options.log('warn', `Refused. ${sentence(failure)}`);
      if (code === 'failed') this.options.log('warn', `${name} failed: ${sentence(failure)}`);
      this.#post({ kind: 'error', id, error: { code, message: sentence(failure) } });
    } finally {
      if (this.#running.get(id) === controller) this.#running.delete(id);
    }
  }

  #post(message: PageHostMessage): void {
    if (!this.#disposed) this.options.post(message);
  }
}

function sentence(error: unknown): string {
  return errorMessage(error);
}

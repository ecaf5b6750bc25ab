/**
 * What a page in a webview and the extension's host say to each other.
 *
 * Transport: `postMessage`, a structured clone. Both sides check what they receive; a message that does not fit is
 * refused and logged, never acted upon. None is larger than 4 MB: larger ones are neither sent nor taken. Each page has
 * a table of its own (a {@link PageProtocol}); the envelopes around it are the same for all pages.
 */
import * as v from 'valibot';
import { maxMessageBytes, sizeOf } from './messageSize';
import { RemoteError } from '../process/remoteError';

/** What one page may ask, the notifications that it sends and the events that it receives. */
export interface PageProtocol {
  /** Asked by the page, answered by the host. */
  readonly requests: Readonly<Record<string, { readonly params: v.GenericSchema; readonly result: v.GenericSchema }>>;
  /** Sent by the page, without an answer. */
  readonly notifications: Readonly<Record<string, v.GenericSchema>>;
  /** Sent by the host, without an answer. */
  readonly events: Readonly<Record<string, v.GenericSchema>>;
}

export type RequestName<P extends PageProtocol> = keyof P['requests'] & string;
/** As the page sends them: what has a default may be left out. */
export type RequestInput<P extends PageProtocol, K extends RequestName<P>> = v.InferInput<P['requests'][K]['params']>;
/** As the host takes them. */
export type RequestParams<P extends PageProtocol, K extends RequestName<P>> = v.InferOutput<P['requests'][K]['params']>;
export type RequestResult<P extends PageProtocol, K extends RequestName<P>> = v.InferOutput<P['requests'][K]['result']>;
export type NotificationName<P extends PageProtocol> = keyof P['notifications'] & string;
export type Notification<P extends PageProtocol, K extends NotificationName<P>> = v.InferOutput<P['notifications'][K]>;
export type EventName<P extends PageProtocol> = keyof P['events'] & string;
export type EventValue<P extends PageProtocol, K extends EventName<P>> = v.InferOutput<P['events'][K]>;

/** Why a request failed, for programs; the sentence beside it is for people. */
const failureCode = v.picklist([
  'cancelled', // the page no longer wants it
  'timeout', // no answer in time
  'invalid', // a message that does not fit
  'failed', // it was tried, and the sentence says why it did not work
]);
export type FailureCode = v.InferOutput<typeof failureCode>;

const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.string();

/** From the page. */
export const pageMessage = v.variant('kind', [
  v.strictObject({ kind: v.literal('request'), id, name, value: v.unknown() }),
  v.strictObject({ kind: v.literal('cancel'), id }),
  v.strictObject({ kind: v.literal('notification'), name, value: v.unknown() }),
  /** Something went wrong in the page, a refused message for one. */
  v.strictObject({
    kind: v.literal('log'),
    level: v.picklist(['warn', 'error']),
    message: v.pipe(v.string(), v.maxLength(2000)),
  }),
]);
export type PageMessage = v.InferOutput<typeof pageMessage>;

/** To the page. */
export const hostMessage = v.variant('kind', [
  v.strictObject({ kind: v.literal('result'), id, value: v.unknown() }),
  v.strictObject({ kind: v.literal('error'), id, error: v.strictObject({ code: failureCode, message: v.string() }) }),
  v.strictObject({ kind: v.literal('event'), name, value: v.unknown() }),
]);
export type PageHostMessage = v.InferOutput<typeof hostMessage>;

/** A request between page and host that failed. */
export class PageError extends RemoteError<FailureCode> {
  override readonly name = 'PageError';
}

/**
 * Checks a message.
 *
 * @param what names it in the error
 * @throws {PageError} `invalid`, naming the first place that does not fit, but not what stands there: it may be the
 *   user's text, and the sentence ends up in a log
 */
export function check<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue);
  throw new PageError(
    'invalid',
    `${what}: expected ${issue.expected ?? 'another value'}${place === null ? '' : ` at ${place}`}.`,
  );
}

/** @param what names the message in the error @throws {PageError} `invalid` where it is larger than any message may be */
export function checkSize(message: unknown, what: string): void {
  if (sizeOf(message) > maxMessageBytes)
    throw new PageError('invalid', `${what}: more than ${maxMessageBytes / 1e6} MB.`);
}

/** The table's entry of a name, own ones only: `constructor` is no method. */
export function entryOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

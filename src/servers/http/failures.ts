/**
 * What a failed exchange with a server means, as one sentence: by the error of its socket, or by status and headers of the
 * answer. Used by the HTTP client. Nothing that the server wrote gets into a sentence.
 */
import type { IncomingMessage } from 'node:http';
import type { ServerAddress } from '../address';
import { ServerError } from '../errors';
import type { ServerErrorCode } from '../errors';

/** @param error as a socket or an HTTP parser throws it; undefined where an answer broke off */
export function failureOf(error: unknown, origin: string): ServerError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  // Of OpenSSL's verification and of Node's check of the name; what fails before either is no question of trust.
  if (/CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY|^CRL_|HOSTNAME_MISMATCH/.test(code))
    return new ServerError('certificate', `The certificate of the server at ${origin} cannot be trusted.`);
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ServerError('tooLarge', `The server at ${origin} sent more than an answer can hold.`);
  if (code.startsWith('HPE_')) return new ServerError('invalid', `What listens at ${origin} does not speak HTTP.`);
  if (code.startsWith('ERR_SSL') || code === 'EPROTO')
    return new ServerError('invalid', `What listens at ${origin} does not speak https.`);
  if (code === 'ECONNREFUSED') return new ServerError('unreachable', `No server listens at ${origin}.`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ServerError('unreachable', `The name of the server at ${origin} is not known.`);
  return new ServerError('unreachable', `The connection to the server at ${origin} was lost.`);
}

type Head = Pick<IncomingMessage, 'statusCode' | 'headers'>;

/** Why an answer is not read, by what it begins with; undefined where it is. */
export function refusalOf({ statusCode: status = 0, headers }: Head, address: ServerAddress): ServerError | undefined {
  const { origin } = address;
  const refusal = (code: ServerErrorCode, words: string, retryAfterMs?: number) =>
    new ServerError(code, `The server at ${origin} ${words}.`, retryAfterMs);
  if (status >= 300 && status < 400)
    return refusal(
      'redirected',
      leadsElsewhere(headers.location, address)
        ? 'sends requests on to another host, where nothing is sent'
        : 'has its endpoints at another path',
    );
  if (status === 401 || status === 403) return refusal('unauthorized', 'does not accept the key');
  if (status === 429 || status === 503)
    return refusal('busy', 'has too much to do', retryAfterOf(headers['retry-after']));
  if (status === 408 || status === 504) return refusal('deadline', 'does not answer');
  if (status === 501 || (status >= 400 && status < 500)) return refusal('unsupported', 'does not take this request');
  if (status >= 500) return refusal('failed', `failed with status ${status}`);
  if (status !== 200) return refusal('invalid', 'gave no answer that fits');
  const type = headers['content-type'] ?? '';
  if (/html|xml/i.test(type))
    return refusal('invalid', 'sent a page for people; it may need another path or a sign-in');
  if (/charset=(?!"?(?:utf-?8|us-ascii)\b)/i.test(type)) return refusal('invalid', 'sent a text that is not UTF-8');
  const encoding = headers['content-encoding'] ?? 'identity';
  return /^identity$/i.test(encoding) ? undefined : refusal('invalid', 'sent a packed answer that nobody asked for');
}

function leadsElsewhere(location: string | undefined, { origin }: ServerAddress): boolean {
  return location !== undefined && URL.parse(location, origin)?.origin !== origin;
}

/** The header is seconds; the form that is a date is not used by these servers. Milliseconds, an hour at most. */
function retryAfterOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(Number(header) * 1_000, 3_600_000) : undefined;
}

/**
 * Parses JSON that a server sent, as text or bytes; used by the HTTP client and by the protocols. The values are checked
 * where they are read.
 */
import { ServerError } from '../errors';

/** @param origin of the server, for the sentence @throws {ServerError} `invalid` where the text is not JSON, or not UTF-8 */
export function jsonOf(source: string | Uint8Array, origin: string): unknown {
  try {
    const text = typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source);
    return JSON.parse(text);
  } catch {
    throw new ServerError('invalid', `The server at ${origin} sent what is not JSON.`);
  }
}

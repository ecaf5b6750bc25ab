/**
 * The error class of the index protocol, with a code for programs and a sentence for people; used by the index process
 * and its client.
 */
import { RemoteError } from '../process/remoteError';
import type { ErrorCode } from './protocol';

/** A request to the index process that failed. */
export class IndexError extends RemoteError<ErrorCode> {
  override readonly name = 'IndexError';
}

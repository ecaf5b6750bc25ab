import { RemoteError } from '../process/remoteError';
import type { ErrorCode } from './protocol';

/** A request to the index process that failed. */
export class IndexError extends RemoteError<ErrorCode> {
  override readonly name = 'IndexError';
}

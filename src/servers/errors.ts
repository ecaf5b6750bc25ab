/**
 * Why a request to a server of the user failed, with a code for programs and one sentence for people; thrown by everything in
 * `src/servers`. No sentence holds a key, or a word that the server sent.
 */
import { RemoteError } from '../ipc/process/remoteError';

export type ServerErrorCode =
  | 'address' // not one that may be used
  | 'unreachable' // no connection, or it was lost
  | 'certificate' // the server's cannot be trusted
  | 'redirected' // the server names another address
  | 'unauthorized' // the key is missing or wrong
  | 'unsupported' // the server has no such endpoint, or does not take the request
  | 'busy' // it has too much to do
  | 'failed' // it failed by its own words
  | 'invalid' // the answer is none of this protocol
  | 'tooLarge' // the answer does not end where it should
  | 'deadline' // too slow, or silent
  | 'cancelled'; // the caller no longer wants it

/** A request to a server that failed. */
export class ServerError extends RemoteError<ServerErrorCode> {
  override readonly name = 'ServerError';

  /** @param retryAfterMs how long the server asks to be left alone */
  constructor(
    code: ServerErrorCode,
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(code, message);
  }
}

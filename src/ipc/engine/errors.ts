/**
 * The error class of the engine protocol, with a code for programs and a sentence for people; used by the engine,
 * model folders, features and the command line.
 */
import { RemoteError } from '../process/remoteError';
import type { ErrorCode } from './protocol';

/** A request to the engine, or work of it, that failed. */
export class EngineError extends RemoteError<ErrorCode> {
  override readonly name = 'EngineError';
}

import { RemoteError } from '../process/remoteError';
import type { ErrorCode } from './protocol';

/** A request to the engine, or work of it, that failed. */
export class EngineError extends RemoteError<ErrorCode> {
  override readonly name = 'EngineError';
}

import type { ErrorCode } from './protocol';

/** A failure with a reason for programs (`code`) and one clear sentence for people (`message`). */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

import type { ErrorCode } from './protocol';

/** A failure with a reason for programs (`code`) and one clear sentence for people (`message`). */
export class IndexError extends Error {
  override readonly name = 'IndexError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

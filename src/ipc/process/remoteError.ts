/** What the errors of all three protocols have in common: a code for programs beside a sentence for people. */

/** A request to another program that failed. */
export class RemoteError<Code extends string> extends Error {
  /** @param code the reason for programs @param message one clear sentence for people */
  constructor(
    readonly code: Code,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A request to another program that failed: the base of each protocol's own error. */
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

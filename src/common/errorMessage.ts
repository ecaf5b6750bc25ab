/** What a failure says, whatever was thrown: for sentences to people and for the log. Used everywhere, pages too. */

/** @param error as a `catch` gives it @returns its message, or what it is as text */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The command line's stand-in for translation: fills the arguments into the English message; used by the commands
 * `complete`, `search` and `summarize`.
 */

/** The command line speaks English: messages are their own translation. */
export function inEnglish(message: string, ...args: (string | number | boolean)[]): string {
  return message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));
}

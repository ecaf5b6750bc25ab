/**
 * The error of a command that cannot do what was asked; thrown throughout `src/cli`, printed by `main.ts`. Wrong usage
 * has its own error in `usage.ts`.
 */

/** What was asked for cannot be done; the message is one sentence for people. */
export class CommandError extends Error {}

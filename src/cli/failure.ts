/** What was asked for cannot be done; the message is one sentence for people. */
export class CommandError extends Error {}

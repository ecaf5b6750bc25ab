import { writeSync } from 'node:fs';

const stderr = 2;

/** Says something to the host. A message that cannot be sent has no receiver; `disconnect` is about to say so. */
export function send(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Says why on stderr, where the host finds it in the line it logs about this end, and ends the process. */
export function die(reason: string): never {
  writeSync(stderr, `${reason}\n`);
  process.exit(1);
}

/** Ends the process with what was thrown. */
export function dieOf(error: unknown): never {
  die(error instanceof Error ? `Error: ${error.message}` : String(error));
}

/** Has the process end when its host is gone: nobody waits for anything any more, and nobody would end this process. */
export function endWithHost(): void {
  process.on('disconnect', () => process.exit(0));
}

/** Has the process end with what nobody has caught. */
export function dieOfUncaught(): void {
  process.on('uncaughtException', dieOf);
  process.on('unhandledRejection', dieOf);
}

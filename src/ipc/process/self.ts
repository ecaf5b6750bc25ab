/** What a child process does about itself: it speaks to its host, and ends with a reason that the host finds. */
import { writeSync } from 'node:fs';
import { hangMark } from './watch';

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

/** Ends the process at once because something in it does not come to an end: native code would hold up an orderly end. */
export function endHung(reason: string): void {
  try {
    writeSync(stderr, `${hangMark}${reason}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}

/** Ends the process at the first error or rejection that is not caught. */
export function dieOfUncaught(): void {
  process.on('uncaughtException', dieOf);
  process.on('unhandledRejection', dieOf);
}

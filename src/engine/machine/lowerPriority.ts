/** Leaves the processor to requests that a person waits for: used by processes that work in the background, and for them. */
import { constants, setPriority } from 'node:os';

/** Does nothing where the system forbids it. @param pid this process' own by default */
export function lowerPriority(pid = process.pid): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // The work is done either way.
  }
}

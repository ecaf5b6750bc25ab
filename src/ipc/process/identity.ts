/**
 * Tells a process from a later one that was given the same number. Used by what has to know whether a process is still
 * there: child processes about their parent, and folders that carry the number of the process that writes them.
 */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the system's own units; undefined where the system does not say. */
  readonly started: string | undefined;
}

/** The process of this number as it is now; undefined where there is none. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  if (!exists(pid)) return undefined;
  const { started, ended } = stateOf(pid);
  return ended ? undefined : { pid, started };
}

/** Whether the very process is still there. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  const now = identityOf(pid);
  return now !== undefined && now.started === started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is there, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Field 22 of `/proc/PID/stat` (proc_pid_stat(5)) is the start, in ticks since boot; the state `Z` or `X` is that of a
 * process that has ended and was not waited for.
 */
function stateOf(pid: number): { started: string | undefined; ended: boolean } {
  if (process.platform !== 'linux') return { started: undefined, ended: false };
  try {
    // The name stands in parentheses and may hold anything: fields count from behind it, the state being the third.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { started: fields[22 - 3], ended: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return { started: undefined, ended: false };
  }
}

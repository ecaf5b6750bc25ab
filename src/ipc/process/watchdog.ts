/**
 * The watchdog thread of a child process, a bundle of its own. It ends the process when its parent is gone, and when a
 * thread of it hangs: whatever those threads are doing, also in native code, this one runs. It must not wait for them.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { workerData } from 'node:worker_threads';
import { isRunning } from './identity';
import type { ProcessIdentity } from './identity';
import { Pulse } from './pulse';
import { endHung } from './self';
import { Watch } from './watch';
import type { ThreadLimits, Usage } from './watch';

/** What the thread is started with. */
export interface WatchdogTask {
  readonly parent: ProcessIdentity;
  /** In the order of their places in the memory. */
  readonly threads: readonly ThreadLimits[];
  readonly memory: SharedArrayBuffer;
}

const secondMs = 1_000;
/** Later than this, the watchdog itself did not run. Milliseconds. */
const lateMs = 2_000;

function watch({ parent, threads, memory }: WatchdogTask): void {
  const processors = availableParallelism();
  const watched = threads.map((limits, at) => ({
    pulse: new Pulse(memory, at),
    watch: new Watch(limits, processors),
  }));
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const late = now - last > lateMs;
    last = now;
    // `process.exit` would end this thread alone.
    if (isGone(parent)) process.kill(process.pid, 'SIGKILL');
    for (const { pulse, watch: judge } of watched) {
      if (late) judge.forgive();
      const hang = judge.second(pulse.signs, usage);
      if (hang !== undefined) endHung(hang);
    }
  }, secondMs);
}

/** Whether the parent has ended: the system gives an orphan another parent, except on Windows. */
function isGone(parent: ProcessIdentity): boolean {
  return (process.platform !== 'win32' && process.ppid !== parent.pid) || !isRunning(parent);
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { bytesRead: bytesRead(), processorMs: (user + system) / 1_000 };
}

/** On Linux with what came from the system's cache, elsewhere by the system's own count of readings, which does as well. */
function bytesRead(): number {
  try {
    const [, read, disk] = /^rchar: (\d+)[^]*^read_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'latin1')) ?? [];
    if (read !== undefined) return Number(read) + Number(disk);
  } catch {
    // Not Linux, or not to be known there.
  }
  return process.resourceUsage().fsRead;
}

watch(workerData as WatchdogTask);

/**
 * Guards the process that calls it, one that Glassbox has started: it ends when its parent is gone, and when one of its
 * threads hangs. Every child process calls this first, once.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { identityOf } from './identity';
import { Pulse, pulseMemory } from './pulse';
import { die, dieOf } from './self';
import type { ThreadLimits } from './watch';
import type { WatchdogTask } from './watchdog';

/** The watchdog's bundle lies beside that of the program. */
const watchdog = join(__dirname, 'watchdog.js');
/** MiB. It keeps some numbers; without limits, V8 would reserve what a program may need. */
const resourceLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 };

/**
 * @param threads the calling thread first; each later one has to start its pulse itself
 * @returns the pulse of the calling thread
 */
export function guardProcess(threads: readonly [ThreadLimits, ...ThreadLimits[]]): Pulse {
  // While the parent is there and this thread is free, its end of the channel says so at once.
  process.on('disconnect', () => process.exit(0));
  const parent = identityOf(process.ppid);
  if (parent === undefined) die('The process that has started this one is gone.');
  const memory = pulseMemory(threads.length);
  const pulse = new Pulse(memory, 0);
  pulse.start();
  new Worker(watchdog, { workerData: { parent, threads, memory } satisfies WatchdogTask, resourceLimits })
    .on('error', dieOf)
    .unref();
  return pulse;
}

/** How many threads models run on in this process: as the user says, else what was measured to be best on this machine. */
import { availableParallelism } from 'node:os';
import { ThreadMemory } from './threadMemory';
import { threadCount } from './threads';
import { timeThreads } from './threadTrial';

/**
 * @param wanted as the user set it, 0 for the best
 * @param cache absolute path of the folder that remembers measurements
 */
export function chooseThreads(
  wanted: number,
  cache: string | undefined,
): { readonly threads: number; readonly memory: ThreadMemory } {
  const processors = availableParallelism();
  const memory = new ThreadMemory(cache, processors, timeThreads);
  return { threads: threadCount(wanted, processors, memory.best), memory };
}

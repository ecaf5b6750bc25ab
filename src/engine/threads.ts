/** Beyond this many, decoding one token at a time is bound by memory and by waiting for each other. */
const mostThreads = 8;
const fewProcessors = 4;

/**
 * How many threads the engine uses: what the user asked for, else all of a few logical processors and half of many,
 * which leaves the editor room and keeps to about one thread per physical core.
 *
 * @param wanted 0 for automatic
 * @param processors logical processors of the machine, at least 1
 */
export function threadCount(wanted: number, processors: number): number {
  if (wanted > 0) return wanted;
  return Math.min(processors, mostThreads, Math.max(fewProcessors, Math.floor(processors / 2)));
}

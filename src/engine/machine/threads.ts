/**
 * Rules for the engine's number of threads: the default, the candidates worth measuring, and the fewest that are fast
 * enough; used by `chooseThreads.ts` and `threadMemory.ts`.
 */

/** Beyond this many, decoding one token at a time is bound by memory and by waiting for each other. */
const maxThreads = 8;
const fewProcessors = 4;
/** Threads that save less than this share of the time are better left to the editor. */
const worthwhile = 0.05;

/**
 * How many threads the engine uses: what the user asked for, else what was measured on this machine, else all of a few
 * logical processors and half of many, which leaves the editor room and keeps to about one thread per physical core.
 *
 * @param wanted 0 for automatic
 * @param processors logical processors of the machine, at least 1
 * @param measured see `minGoodThreads`
 */
export function threadCount(wanted: number, processors: number, measured?: number): number {
  if (wanted > 0) return wanted;
  return Math.min(processors, measured ?? Math.min(maxThreads, Math.max(fewProcessors, Math.floor(processors / 2))));
}

/** The numbers of threads that are worth being measured: powers of two, and all there may be. */
export function threadCandidates(processors: number): number[] {
  const most = Math.min(processors, maxThreads);
  return [1, 2, 4, 8].filter((count) => count < most).concat(most);
}

/**
 * The fewest threads beyond which more save next to nothing: on a machine whose processors share cores, or are busy
 * with something else, more threads may even be slower.
 *
 * @param times milliseconds by number of threads, at least one
 */
export function minGoodThreads(times: ReadonlyMap<number, number>): number {
  const best = Math.min(...times.values());
  return Math.min(...[...times].filter(([, ms]) => ms * (1 - worthwhile) <= best).map(([count]) => count));
}

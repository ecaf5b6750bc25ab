/**
 * Timeouts that a blocked or sleeping process does not run into. Used wherever silence of another process, or of native
 * code, is to have consequences.
 */

/** A timeout is waited for in this many slices, of at most a second each. */
const slices = 4;
const maxSliceMs = 1_000;
/** Milliseconds beyond twice its length that a slice may take: timers are never exact. */
const toleranceMs = 50;

/**
 * Calls back after `ms` milliseconds in which this thread could have heard an answer. While the thread is blocked or the
 * machine sleeps, the clock goes on, but no message is read; such time is not counted, and what has arrived meanwhile is
 * received before the call.
 *
 * @returns ends the waiting
 */
export function awakeTimeout(ms: number, callback: () => void): () => void {
  const slice = Math.min(maxSliceMs, ms / slices);
  let left = ms;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const began = performance.now();
    timer = setTimeout(() => {
      if (performance.now() - began <= 2 * slice + toleranceMs) left -= slice;
      if (left > 0) wait();
      else callback();
    }, slice);
  };
  wait();
  return () => clearTimeout(timer);
}

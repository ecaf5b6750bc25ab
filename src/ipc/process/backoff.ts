/**
 * Milliseconds to wait before each new start: none after the first death in a row, which is most often an accident
 * from outside, then longer.
 */
const restartDelaysMs = [0, 250] as const;

/** How many deaths in a row, with nothing served in between, stop a process. */
export const maxConsecutiveDeaths = restartDelaysMs.length + 1;

/**
 * @param deaths deaths in a row so far, at least 1
 * @returns milliseconds to wait before the next start, or undefined where there is to be none
 */
export function restartDelayMs(deaths: number): number | undefined {
  return restartDelaysMs[deaths - 1];
}

import { cpus } from 'node:os';

/** Processor time that all processes of the machine have taken together since it started: milliseconds. */
function takenByAll(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}

/** What the machine may do for others meanwhile, as a share of one processor. */
const maxShareForOthers = 0.08;

/**
 * Watches from now on whether other processes compute.
 *
 * @returns whether they took more than a little of the machine's time, given the processor time, in milliseconds, of those
 *   that are measured
 */
export function watchOthers(): (own: number) => boolean {
  const [started, taken] = [performance.now(), takenByAll()];
  return (own) => takenByAll() - taken - own > maxShareForOthers * (performance.now() - started);
}

/**
 * What Linux says of a process: memory and processor time, read from /proc. Used by benchmarks; throws where there is no such
 * process, and on other systems.
 */
import { readFileSync } from 'node:fs';

/** Ticks in a second, as proc_pid_stat(5) counts processor time. */
const ticksPerSecond = 100;

/** Bytes that a process has in memory now (`VmRSS`) or had at most (`VmHWM`). */
export function memoryOf(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const [, kibibytes = '0'] = new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(statusOf(pid, 'status')) ?? [];
  return Number(kibibytes) * 1_024;
}

/** Fields 14 and 15 of proc_pid_stat(5), behind the name in parentheses. Milliseconds. */
export function processorTime(pid: number): number {
  const text = statusOf(pid, 'stat');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[14 - 3]) + Number(fields[15 - 3])) * 1_000) / ticksPerSecond;
}

const statusOf = (pid: number, name: string): string => readFileSync(`/proc/${pid}/${name}`, 'latin1');

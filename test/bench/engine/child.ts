import { readFileSync } from 'node:fs';
import { openContender } from './contenders';
import type { Setting } from './contenders';

/** What one measurement tells. Times in milliseconds, processor time over all threads. */
export interface Measurement {
  /** Until the first token. */
  readonly prefillMs: number;
  readonly prefillCpuMs: number;
  /** Per token behind the first one. */
  readonly decodeMs: number;
  readonly decodeCpuMs: number;
  /** Of all it did. */
  readonly cpuMs: number;
  /** Behind the run. */
  readonly residentBytes: number;
  /** Of those, what is in no file: other processes cannot share it, and the system cannot take it back. Linux only. */
  readonly ownBytes: number;
}

export interface Job {
  readonly prompt: readonly number[];
  readonly count: number;
}

export type ToParent =
  | { readonly kind: 'open'; readonly loadMs: number }
  | ({ readonly kind: 'measured' } & Measurement)
  | { readonly kind: 'failed'; readonly reason: string };

function ownBytes(): number {
  if (process.platform !== 'linux') return NaN;
  const [, kibibytes] = /^Anonymous:\s+(\d+) kB/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

/** A contender in a process of its own, which measures what its parent asks for. */
export async function serve(setting: Setting): Promise<void> {
  process.on('disconnect', () => process.exit());
  const send = (message: ToParent) => process.send?.(message);
  const started = performance.now();
  const generate = await openContender(setting);
  send({ kind: 'open', loadMs: performance.now() - started });

  process.on('message', ({ prompt, count }: Job) => {
    const times: number[] = [];
    const cpu: number[] = [];
    const note = () => {
      const { user, system } = process.cpuUsage();
      times.push(performance.now());
      cpu.push((user + system) / 1000);
    };
    note();
    const before = process.cpuUsage();
    generate(prompt, count, note).then(
      () => {
        const last = times.length - 1;
        const { user, system } = process.cpuUsage(before);
        const between = (values: readonly number[], from: number, to: number) =>
          (values[to] ?? NaN) - (values[from] ?? NaN);
        send({
          kind: 'measured',
          prefillMs: between(times, 0, 1),
          prefillCpuMs: between(cpu, 0, 1),
          decodeMs: between(times, 1, last) / (last - 1),
          decodeCpuMs: between(cpu, 1, last) / (last - 1),
          residentBytes: process.memoryUsage.rss(),
          ownBytes: ownBytes(),
          cpuMs: (user + system) / 1000,
        });
      },
      (error: unknown) => send({ kind: 'failed', reason: String(error) }),
    );
  });
}

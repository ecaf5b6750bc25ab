/**
 * Kills processes of ours, and their hosts, while their main threads are busy. Used by conformance tests with a few kills
 * and by the bench `soak` with many.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from './bundle';
import { completeParams, engineModule, isAlive } from './engine';
import { makeFolder } from './folder';
import { indexModule, startOptions, wordsOf } from './indexHost';
import type { HolderAnswer, HolderTask } from './processHolder';
import { createRandom } from './random';

/** Milliseconds: what is promised. */
export const served = 3_000;
export const gone = 6_000;
/** Milliseconds within which a kill comes, counted from when the main thread is made busy. */
const killWithin = 400;
/** Milliseconds after which a process that is still there counts as one for ever. */
const longest = 20_000;

export interface KillsResult {
  /** From each death to the answer of the next process, milliseconds. */
  readonly servedMs: number[];
  /** From each death of a host to the end of its process, milliseconds; `Infinity` for one that stays. */
  readonly goneMs: number[];
}

/**
 * Each round with a host and a process of its own: the process is killed with a busy main thread, the next one has to
 * answer; then that one is made busy, and the host is killed.
 */
export async function killBusy(
  kind: HolderTask['kind'],
  rounds: number,
  onRound: (round: number) => void = () => undefined,
): Promise<KillsResult> {
  const random = createRandom(rounds);
  const holder = await bundle('test/support/processHolder.ts');
  const busy = await bundle('test/support/busyProgram.ts');
  const folder = makeFolder({ 'src/colour.py': 'def mix_colours(first, second):\n    return first + second\n' });
  const servedMs: number[] = [];
  const ends: Promise<number>[] = [];
  const storages: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const storage = makeFolder();
    storages.push(storage);
    const task: HolderTask =
      kind === 'engine'
        ? { kind, modulePath: busy, question: completeParams() }
        : { kind, modulePath: busy, folder, question: wordsOf('mix'), start: startOptions(storage) };
    const host = fork(holder, [JSON.stringify(task)], {
      env: { ...process.env, BUSY_PROGRAM: kind === 'engine' ? engineModule : indexModule },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const first = await ask(host);
    process.kill(first.pid, 'SIGUSR2');
    await sleep(random() * killWithin);
    process.kill(first.pid, 'SIGKILL');
    const second = await ask(host);
    servedMs.push(second.milliseconds);
    process.kill(second.pid, 'SIGUSR2');
    await sleep(random() * killWithin);
    host.kill('SIGKILL');
    ends.push(endOf(second.pid));
    onRound(round);
  }
  const goneMs = await Promise.all(ends);
  for (const path of [dirname(holder), dirname(busy), folder, ...storages])
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return { servedMs, goneMs };
}

async function ask(host: ChildProcess): Promise<HolderAnswer> {
  host.send('ask');
  const answered = once(host, 'message') as Promise<[HolderAnswer]>;
  const ended = once(host, 'exit').then(([code]) => {
    throw new Error(`The host ended with exit code ${String(code)}.`);
  });
  const [answer] = await Promise.race([answered, ended]);
  return answer;
}

async function endOf(pid: number): Promise<number> {
  const started = performance.now();
  while (isAlive(pid)) {
    if (performance.now() - started > longest) {
      process.kill(pid, 'SIGKILL');
      return Infinity;
    }
    await sleep(20);
  }
  return performance.now() - started;
}

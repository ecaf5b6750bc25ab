/**
 * Minutes of an editor's work while everything goes wrong: processes are killed with a busy main thread, the host is stopped
 * for 20 s, the disk of the index is full for a while, and the clock goes back an hour. Nothing may be lost, stale or left
 * behind.
 */
import { execFileSync, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from '../../support/bundle';
import { embeddedModel, engineModule, isAlive } from '../../support/engine';
import { makeFolder, writeFiles } from '../../support/folder';
import { indexModule, startOptions } from '../../support/indexHost';
import type { LongRunReport, LongRunTask } from '../../support/longRunHost';
import { memoryOf } from '../../support/processFigures';
import { createRandom } from '../../support/random';

const mebibyte = 2 ** 20;
const secondsPerMinute = 60;
/** Files are written to the disk of the index in such pieces, bytes. */
const ballastPiece = 65_536;
const fakeTime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
/** Seconds between two kills: each process dies less often than it may. */
const killEvery = 60;

/** @returns figures by name @throws {Error} when the host ends by itself */
export async function longRun(minutes: number, files: number): Promise<Record<string, number>> {
  const random = createRandom(minutes);
  const holder = await bundle('test/support/longRunHost.ts');
  const disk = makeFolder();
  const isMounted = mount(disk);
  const other = join(makeFolder(), 'decoder');
  cpSync(embeddedModel, other, { recursive: true });
  const folder = sparseFolder(files);
  const clock = join(makeFolder(), 'clock');
  writeFileSync(clock, '+0');
  const task: LongRunTask = {
    engineModule: canBeBusy(engineModule),
    indexModule: canBeBusy(indexModule),
    start: startOptions(join(disk, 'index')),
    folder,
    files,
    models: [embeddedModel, other],
  };
  const isFaked = existsSync(fakeTime);
  const host = fork(holder, [JSON.stringify(task)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...(isFaked && {
        LD_PRELOAD: fakeTime,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_CACHE_DURATION: '1',
        // What is measured goes on: a clock that is set moves the time of day alone.
        DONT_FAKE_MONOTONIC: '1',
      }),
    },
  });
  const pids = new Set<number>();
  const memory = { host: new Array<number>(), engine: new Array<number>(), index: new Array<number>() };
  let last: LongRunReport | undefined;
  let kills = 0;
  const seconds = Math.round(minutes * secondsPerMinute);
  const at = (share: number): number => Math.round(share * seconds);
  const fullFor = Math.min(secondsPerMinute, at(0.15));
  const ballast = join(disk, 'ballast');
  for (let second = 0; second < seconds; second++) {
    await sleep(1_000);
    if (second % 2 === 0) {
      last = await ask(host);
      memory.host.push(last.residentBytes);
      for (const [name, pid] of [
        ['engine', last.enginePid],
        ['index', last.indexPid],
      ] as const) {
        if (pid === undefined) continue;
        pids.add(pid);
        memory[name].push(residentBytes(pid));
      }
    }
    if (second % 30 === 0) process.stderr.write(`${second} s: ${JSON.stringify(last)}\n`);
    const victim = kills % 2 === 0 ? last?.enginePid : last?.indexPid;
    if (second % killEvery === killEvery - 1 && victim !== undefined) {
      // With a busy main thread, as in the middle of anything.
      if (isAlive(victim)) process.kill(victim, 'SIGUSR2');
      await sleep(1_000 * random());
      if (isAlive(victim)) process.kill(victim, 'SIGKILL');
      kills++;
    }
    if (second === at(0.3) && isMounted) fill(ballast);
    if (second === at(0.3) + fullFor) rmSync(ballast, { force: true });
    if (second === at(0.6)) {
      host.kill('SIGSTOP');
      await sleep(20_000);
      host.kill('SIGCONT');
    }
    if (second === at(0.8)) writeFileSync(clock, '-3600');
  }
  last = await ask(host);
  host.send('stop');
  await once(host, 'exit');
  await sleep(6_000);
  const left = [...pids].filter(isAlive);
  if (isMounted) execFileSync('umount', [disk]);
  const { engineModule: engine, indexModule: index } = task;
  for (const path of [disk, folder, ...[other, holder, clock, engine, index].map(dirname)])
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  for (const sentence of last.lost) process.stderr.write(`lost: ${sentence}\n`);
  return {
    minutes,
    requests: Object.values(last.answered).reduce((sum, count) => sum + count, 0),
    lost: last.lostCount,
    stale: last.stale,
    kills,
    slowest_ms: Math.round(last.slowestMs),
    left_behind: left.length,
    host_growth_mib: growth(memory.host),
    engine_growth_mib: growth(memory.engine),
    engine_most_mib: Math.max(...memory.engine) / mebibyte,
    index_growth_mib: growth(memory.index),
    index_most_mib: Math.max(...memory.index) / mebibyte,
    disk_was_full: Number(isMounted),
    clock_was_set_back: Number(isFaked),
  };
}

/** How much more memory was taken in the last third than in the middle one, in MiB: medians, since processes begin anew. */
function growth(samples: readonly number[]): number {
  const third = Math.floor(samples.length / 3);
  const median = (part: readonly number[]): number => [...part].sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
  return (median(samples.slice(-third)) - median(samples.slice(third, 2 * third))) / mebibyte;
}

/** 0 where the process is gone, or the system says nothing. */
function residentBytes(pid: number): number {
  try {
    return memoryOf(pid, 'VmRSS');
  } catch {
    return 0;
  }
}

/** A program that runs another one, and whose main thread turns in an endless loop from SIGUSR2 on. */
function canBeBusy(program: string): string {
  const path = join(makeFolder(), basename(program));
  writeFileSync(path, `process.on('SIGUSR2', () => { for (;;); });\nrequire(${JSON.stringify(program)});\n`);
  return path;
}

async function ask(host: ChildProcess): Promise<LongRunReport> {
  if (host.exitCode !== null || host.signalCode !== null) throw new Error('The host has ended by itself.');
  host.send('report');
  const [report] = (await once(host, 'message')) as [LongRunReport];
  return report;
}

/** A small disk of its own for the index, where that is allowed. */
function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'none', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Leaves no room on the disk of the file. */
function fill(file: string): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  const piece = Buffer.alloc(ballastPiece, 1);
  try {
    for (let written = 0; written <= bavail * bsize; written += ballastPiece) writeFileSync(file, piece, { flag: 'a' });
  } catch {
    // It is full.
  }
}

/** Files of code, most of them with binaries beside them that take room by name only. */
function sparseFolder(files: number): string {
  const folder = makeFolder();
  for (let file = 0; file < files; file++)
    writeFiles(folder, {
      [`src/${file % 100}/file${file}.ts`]: `export function task${file}() {\n  return ${file};\n}\n`,
    });
  mkdirSync(join(folder, 'data'));
  for (let file = 0; file < 50; file++) {
    const path = join(folder, 'data', `set${file}.bin`);
    writeFileSync(path, '');
    truncateSync(path, 400 * mebibyte);
  }
  return folder;
}

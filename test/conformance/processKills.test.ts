import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from '../support/bundle';
import { embeddedModel, engineModule, isAlive } from '../support/engine';
import { makeFolder } from '../support/folder';
import type { IndexHost } from '../support/indexHost';
import { IndexHosts, indexModule } from '../support/indexHost';
import { gone, killBusy, served } from '../support/kills';

/** `KILLS=200` is what is promised; `npm run bench -- soak` does as many. */
const kills = Number(process.env.KILLS ?? 8);
const largest = (numbers: readonly number[]): number => Math.max(...numbers);

/** Whether a process has a handler of a signal: without, the signal ends it. See proc_pid_status(5). */
function catches(pid: number, signal: number): boolean {
  const [, mask = '0'] = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

describe('processes that are killed with a busy main thread', function () {
  before(function () {
    // Signals that a program hears are a matter of POSIX.
    if (process.platform === 'win32') this.skip();
  });

  for (const kind of ['engine', 'index'] as const) {
    it(`${kind}: ${kills} kills of it and as many of its host: the next one answers, and none is left behind`, async () => {
      const { servedMs, goneMs } = await killBusy(kind, kills);
      console.log(
        `      served after ${Math.round(largest(servedMs))} ms, gone after ${Math.round(largest(goneMs))} ms at most`,
      );
      assert.equal(servedMs.length, kills);
      // Of one machine's speed, only what is promised about processes without a host is a matter of seconds.
      assert.ok(largest(servedMs) < 10 * served);
      assert.ok(largest(goneMs) <= gone, goneMs.join(', '));
    });
  }

  it('and those that test an accelerator or pack weights: none outlives the engine that started it', async function () {
    // The state of signals is Linux' own.
    if (process.platform !== 'linux') this.skip();
    const busy = await bundle('test/support/busyProgram.ts');
    const start = `const child = require('node:child_process').fork(process.argv[1], process.argv.slice(2),
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }); console.log(child.pid); setInterval(() => {}, 1_000);`;
    const cache = makeFolder();
    for (const args of [
      ['--probe', embeddedModel, '--device', 'webgpu'],
      ['--pack', embeddedModel, '--form', 'inPlace', '--cache', cache],
    ]) {
      const parent = spawn(process.execPath, ['-e', start, busy, ...args], {
        env: { ...process.env, BUSY_PROGRAM: engineModule },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(said.toString());
      while (!catches(pid, constants.signals.SIGUSR2)) await sleep(1);
      process.kill(pid, 'SIGUSR2');
      await sleep(2_000);
      assert.ok(isAlive(pid), 'it hangs');
      parent.kill('SIGKILL');
      const killed = performance.now();
      while (isAlive(pid) && performance.now() - killed < 2 * gone) await sleep(20);
      assert.ok(performance.now() - killed <= gone, args[0]);
    }
    for (const path of [dirname(busy), cache]) rmSync(path, { recursive: true });
  });

  describe('or that hang', () => {
    const hosts = new IndexHosts();
    let busy: string;

    before(async () => {
      process.env.BUSY_PROGRAM = indexModule;
      busy = await bundle('test/support/busyProgram.ts');
    });

    after(() => {
      delete process.env.BUSY_PROGRAM;
      rmSync(dirname(busy), { recursive: true });
    });

    afterEach(() => hosts.close());

    /** The line that tells of the death. A signal may arrive behind the next message, which is answered then: asks until it has. */
    async function hang(host: IndexHost, ask: () => Promise<unknown>): Promise<string> {
      const death = (): string | undefined => host.lines.find((line) => line.includes('ended'));
      process.kill(host.pid, 'SIGUSR2');
      do await ask();
      while (death() === undefined);
      return death()!;
    }

    it('end by themselves, and the next one answers what was asked', async () => {
      const host = hosts.open(makeFolder({ 'src/mix.ts': 'export function mix(): void {}\n' }), { modulePath: busy });
      await host.idle();
      const death = await hang(host, async () => assert.deepEqual(await host.paths('mix'), ['src/mix.ts']));
      assert.match(
        death,
        /^warn: Index process \d+ ended: its answering thread did not answer for 10 s\. It is started/,
      );
    });

    it('are not waited for where the index is thrown away', async () => {
      const host = hosts.open(makeFolder({ 'src/mix.ts': 'export function mix(): void {}\n' }), { modulePath: busy });
      await host.idle();
      const death = await hang(host, () => host.client.request('rebuild', {}));
      assert.match(death, /ended: it did not answer rebuild\./);
    });
  });
});

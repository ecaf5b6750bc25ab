/** The server's program, where the benchmark starts it itself: stopped, let go on, killed and started anew. For the server benchmark. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { processorTime } from '../../support/processFigures';

/** How long a program may take until it answers. Milliseconds. */
const startsWithinMs = 180_000;

export class ServerProgram {
  #child: ChildProcess | undefined;

  /** @param command for a shell; it has to become the program, by `exec` where it is a script */
  constructor(
    private readonly command: string,
    private readonly isWell: () => Promise<boolean>,
  ) {}

  /** Starts it and waits until it answers. @throws {Error} where it does not */
  async start(): Promise<void> {
    const child = spawn('/bin/sh', ['-c', `exec ${this.command}`], { stdio: 'ignore' });
    this.#child = child;
    const end = performance.now() + startsWithinMs;
    while (performance.now() < end) {
      if (child.exitCode !== null) throw new Error(`The server's program ended: ${this.command}`);
      if (await this.isWell()) return;
      await sleep(250);
    }
    throw new Error(`The server's program does not answer: ${this.command}`);
  }

  /** As a program that hangs: connections stay, nothing answers. */
  hang(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Milliseconds of processor that it has used. */
  get processorMs(): number {
    return this.#child?.pid === undefined ? NaN : processorTime(this.#child.pid);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

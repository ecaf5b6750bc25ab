/**
 * Runs the engine's program once more for one long piece of work, whose memory is then its own and which may be ended at any time;
 * used by the packing of weights and the conversion of models. The work itself is in the modules that `engine/main.ts` calls.
 */
import { fork } from 'node:child_process';
import { awakeTimeout } from '../../ipc/process/awakeTimeout';
import { childEnvironment, lastLine } from '../../ipc/process/child';

/** How much of what it says last is kept, UTF-16 units. */
const lastWordsLength = 2_000;

/**
 * @param modulePath the engine's bundle
 * @param limitMs the process has this long, milliseconds
 * @returns the sentence that it sends
 * @throws {Error} with the reason where it ends without one
 */
export function runAside(modulePath: string, args: readonly string[], limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = fork(modulePath, args, {
      execArgv: [],
      env: childEnvironment(process.env, 'electron' in process.versions),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let lastWords = '';
    let answer: string | undefined;
    const stopWaiting = awakeTimeout(limitMs, () => child.kill('SIGKILL'));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-lastWordsLength);
    });
    child.on('message', (message) => {
      if (typeof message === 'string') answer = message;
    });
    child.on('error', (error) => {
      lastWords = error.message;
    });
    child.on('close', (code, signal) => {
      stopWaiting();
      if (answer !== undefined) resolve(answer);
      else reject(new Error(lastLine(lastWords) || `the process ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

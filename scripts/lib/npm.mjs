import { spawnSync } from 'node:child_process';
import { dirname, delimiter } from 'node:path';

/**
 * Runs npm under the Node that runs this script; what it prints goes to standard error.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function npm(args, { cwd, env = {} } = {}) {
  // npm tells its own path to the scripts it starts; without it, npm is looked up.
  const own = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined;
  const [command, ...first] = own === undefined ? ['npm'] : [process.execPath, own];
  const { status, error } = spawnSync(command, [...first, ...args], {
    cwd,
    env: { ...process.env, PATH: dirname(process.execPath) + delimiter + process.env.PATH, ...env },
    stdio: ['ignore', 2, 2],
    // npm is a batch file on Windows, which only a shell can start.
    shell: own === undefined && process.platform === 'win32',
  });
  if (error !== undefined) throw new Error(`npm could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed with exit code ${status}; the reason stands above.`);
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * Runs a JavaScript program of this repository under the Node that runs this script, and shows what it prints.
 *
 * @param {string} program path from the repository's root
 * @param {string[]} args
 * @returns {number} its exit code
 */
export function runTool(program, args = []) {
  const { status } = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status ?? 1;
}

import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { handOver } from './hand-over.mjs';
import { npm } from './npm.mjs';
import { cache } from './paths.mjs';

const version = '24.21.0';

/** npm publishes Node's binaries, so whoever has npm can have this Node without touching the system's. */
const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** The package's folder: `bin/node` and, for compiling native modules, `include/`. Installs it when it is not there. */
export function node24Folder() {
  const prefix = join(cache, `node-${version}`);
  const folder = join(prefix, 'node_modules', packageName);
  if (!existsSync(node24Binary(folder))) {
    mkdirSync(prefix, { recursive: true });
    process.stderr.write(`Installing Node ${version} into ${prefix}\n`);
    npm(['install', '--prefix', prefix, '--no-audit', '--no-fund', '--loglevel=error', `${packageName}@${version}`]);
  }
  return folder;
}

/** @param {string} folder as {@link node24Folder} gives it */
export const node24Binary = (folder) => join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Runs this process's command line again under Node 24 when the current Node is older.
 *
 * @returns {Promise<boolean>} true when that was done: nothing is left to do here
 */
export async function continueUnderNode24() {
  if (Number.parseInt(process.versions.node, 10) >= 24) return false;
  const node = node24Binary(node24Folder());
  process.exitCode = await handOver(node, process.argv.slice(1), {
    ...process.env,
    PATH: dirname(node) + delimiter + process.env.PATH,
  });
  return true;
}

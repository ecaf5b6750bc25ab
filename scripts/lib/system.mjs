import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @param {string} name @returns {string | undefined} where the program lies on PATH */
export const which = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

/**
 * Makes sure that something of the system is there. Where this process may install Debian packages it does so;
 * elsewhere the error says what to install.
 *
 * @template T
 * @param {{ find: () => T | undefined, what: string, packages: string[] }} wanted
 * @returns {T} what `find` found
 */
export function requireFromSystem({ find, what, packages }) {
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && which('apt-get') !== undefined) {
    process.stderr.write(`Installing ${packages.join(', ')}\n`);
    apt(['update']);
    apt(['install', '--yes', '--no-install-recommends', ...packages]);
    const installed = find();
    if (installed !== undefined) return installed;
  }
  throw new Error(`${what} is missing (on Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}).`);
}

const apt = (/** @type {string[]} */ args) => {
  const { status } = spawnSync('apt-get', ['-qq', ...args], {
    stdio: ['ignore', 'ignore', 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed with exit code ${status}.`);
};

export const requireChromium = () =>
  requireFromSystem({
    find: () => ['chromium', 'chromium-browser', 'google-chrome'].map(which).find((path) => path !== undefined),
    what: 'Chromium',
    packages: ['chromium'],
  });

/**
 * VS Code as a server: the same workbench and extension host as the desktop's, drawn in a browser. It is what tests
 * run in where no desktop VS Code can be had. It comes from the npm package code-server, of which only the VS Code
 * inside is used.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { node24Binary, node24Folder } from './node24.mjs';
import { npm } from './npm.mjs';
import { cache } from './paths.mjs';
import { requireFromSystem, which } from './system.mjs';

const version = '4.139.1';

/** @returns {string} the folder of VS Code's server, installed when it is not there (about two minutes, 600 MB) */
export function serverFolder() {
  const home = join(cache, `code-server-${version}`);
  const inside = 'node_modules/code-server/lib/vscode';
  if (existsSync(join(home, inside))) return join(home, inside);

  requireFromSystem({
    find: () => (canBuildNativeModules() ? true : undefined),
    what: "What builds the VS Code server's native modules (a C++ compiler, make, Python, the header of Kerberos 5)",
    packages: ['libkrb5-dev', 'g++', 'make', 'python3'],
  });
  process.stderr.write('Installing the VS Code server, which takes some minutes the first time\n');
  // Only a finished installation gets the name that is looked for.
  const unfinished = `${home}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  npm(['install', '--prefix', unfinished, '--ignore-scripts', '--no-audit', '--no-fund', `code-server@${version}`]);
  buildNativeModules(join(unfinished, 'node_modules/code-server'));
  renameSync(unfinished, home);
  return join(home, inside);
}

const canBuildNativeModules = () =>
  ['g++', 'make', 'python3'].every((program) => which(program) !== undefined) &&
  (process.platform !== 'linux' || existsSync('/usr/include/krb5.h'));

/** @param {string} folder */
function buildNativeModules(folder) {
  const node = node24Folder();
  const { status } = spawnSync('sh', ['./postinstall.sh'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 2],
    env: {
      ...process.env,
      PATH: join(node, 'bin') + delimiter + process.env.PATH,
      npm_config_nodedir: node,
      // The script refuses to run under anything but an npm of Node 24.
      npm_config_user_agent: `npm/11.0.0 node/v24.0.0 ${process.platform} ${process.arch}`,
      npm_config_ignore_scripts: 'false',
      npm_config_loglevel: 'error',
    },
  });
  if (status !== 0)
    throw new Error(`The native modules of the VS Code server could not be built (exit code ${status}).`);
}

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {(folder: string, payload?: [string, string][]) => string} address of the workbench with a folder open
 * @property {(path: string) => string} uri of a file as the workbench names it
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server on a free port of the loopback interface.
 *
 * @param {object} options
 * @param {string} options.userData
 * @param {string} options.extensions
 * @param {string[]} [options.args] more arguments of the server
 * @param {string[]} [options.wrapper] program and arguments that start the server in their turn
 * @returns {Promise<Server>} once it answers
 */
export async function startServer({ userData, extensions, args = [], wrapper = [] }) {
  const port = await freePort();
  const own = [serverMain(), ...serverArguments({ userData, extensions }), `--port=${port}`, ...args];
  const [program = '', ...rest] = [...wrapper, serverNode(), ...own];
  const child = spawn(program, rest, {
    stdio: process.env.GLASSBOX_VERBOSE ? ['ignore', 2, 2] : 'ignore',
    env: serverEnvironment(),
    // Its own process group, so that `stop` ends extension hosts and engines too.
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await answers(port, ended);
  const authority = `127.0.0.1:${port}`;
  return {
    port,
    address: (folder, payload = []) =>
      `http://${authority}/?${new URLSearchParams({ folder, payload: JSON.stringify(payload) })}`,
    uri: (path) => `vscode-remote://${authority}${path}`,
    stop: async () => {
      killGroup(child, 'SIGTERM');
      const late = setTimeout(() => killGroup(child, 'SIGKILL'), 20_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** @param {import('node:child_process').ChildProcess} leader @param {NodeJS.Signals} signal */
function killGroup(leader, signal) {
  try {
    if (leader.pid !== undefined) process.kill(-leader.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** @param {{ vsix: string, userData: string, extensions: string }} options */
export function installVsix({ vsix, userData, extensions }) {
  const { status, stdout, stderr } = spawnSync(
    serverNode(),
    [serverMain(), ...serverArguments({ userData, extensions }), `--install-extension=${vsix}`, '--force'],
    { encoding: 'utf8', env: serverEnvironment() },
  );
  if (status !== 0) throw new Error(`${vsix} could not be installed: ${stderr || stdout}`);
}

const serverNode = () => node24Binary(node24Folder());
const serverMain = () => join(serverFolder(), 'out/server-main.js');

/** @param {{ userData: string, extensions: string }} folders */
const serverArguments = ({ userData, extensions }) => [
  '--host=127.0.0.1',
  '--without-connection-token',
  '--accept-server-license-terms',
  '--telemetry-level=off',
  `--server-data-dir=${userData}`,
  `--user-data-dir=${userData}`,
  `--extensions-dir=${extensions}`,
];

/**
 * Variables of a VS Code this runs inside of would make the server a client of that one.
 *
 * @returns {NodeJS.ProcessEnv}
 */
const serverEnvironment = () => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name)),
  ),
  PATH: dirname(serverNode()) + delimiter + process.env.PATH,
  // No gallery: nothing is looked for on the internet.
  EXTENSIONS_GALLERY: '{"serviceUrl":""}',
});

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

/** @param {number} port @param {Promise<unknown>} ended */
async function answers(port, ended) {
  let running = true;
  void ended.then(() => (running = false));
  for (let tries = 0; running && tries < 300; tries++) {
    try {
      await fetch(`http://127.0.0.1:${port}/version`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  throw new Error(running ? 'The VS Code server does not answer.' : 'The VS Code server ended at once.');
}

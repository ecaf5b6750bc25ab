import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The platforms ONNX Runtime ships for; the names are VS Code's, and Node's `<platform>-<arch>`. */
export const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];

export const hostTarget = () => `${process.platform}-${process.arch}`;

/** Packages that stay outside of the bundles, with the parts of them that are needed when running. */
export const nativePackages = ['@vscode/tree-sitter-wasm', 'koffi', 'onnxruntime-common', 'onnxruntime-node', 're2js'];

/** The package that holds koffi's binary for a platform; npm installs only the one for its own. */
const koffiBinary = (/** @type {string} */ target) => `@koromix/koffi-${target}`;

/**
 * Copies what `require('onnxruntime-node')` and `require('koffi')` need on one platform to dist/node_modules/, and the
 * grammars, which are WebAssembly, and re2js, which few models need: both are the same on all. Left behind are the other platforms' binaries, sources, and the
 * packages that only installers use (adm-zip, global-agent).
 * Where koffi's binary for the platform is not installed, the engine runs without it, and slower.
 *
 * @param {string} root the repository
 * @param {string} target one of {@link targets}
 */
export async function stageNativeParts(root, target) {
  if (!targets.includes(target))
    throw new Error(`There is no ONNX Runtime for ${target}: known are ${targets.join(', ')}.`);
  const to = join(root, 'dist/node_modules');
  const from = join(root, 'node_modules');
  const binary = koffiBinary(target);
  const staged = existsSync(join(from, binary)) ? [...nativePackages, binary] : nativePackages;
  if (!staged.includes(binary))
    process.stderr.write(`${binary} is not installed: the engine will use ONNX Runtime's npm binding alone.\n`);
  const stamp = join(to, '.staged');
  const versions = await Promise.all(staged.map(async (name) => `${name} ${await versionOf(join(from, name))}\n`));
  const wanted = `${target}\n${versions.join('')}`;
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return;

  await rm(to, { recursive: true, force: true });
  const [os = '', arch = ''] = target.split('-');
  for (const part of ['dist', join('bin/napi-v6', os, arch)]) {
    await copy(join(from, 'onnxruntime-node', part), join(to, 'onnxruntime-node', part));
  }
  await copy(join(from, 'onnxruntime-common/dist/cjs'), join(to, 'onnxruntime-common/dist/cjs'));
  for (const file of ['index.cjs', 'src/koffi/index.cjs', 'src/koffi/src/static.cjs'])
    await copy(join(from, 'koffi', file), join(to, 'koffi', file));
  await copy(join(from, 're2js/build/index.cjs'), join(to, 're2js/build/index.cjs'));
  await copy(join(from, '@vscode/tree-sitter-wasm/wasm'), join(to, '@vscode/tree-sitter-wasm/wasm'));
  if (staged.includes(binary)) {
    for (const part of ['index.js', `${os}_${arch}`]) await copy(join(from, binary, part), join(to, binary, part));
  }
  for (const name of staged) await writeManifest(join(from, name), join(to, name));
  await writeFile(stamp, wanted);
}

/** @param {string} from @param {string} to */
const copy = async (from, to) => {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, {
    recursive: true,
    filter: (path) => !/\.(d\.ts|map)$/.test(path) && !isDuplicateDylib(path),
  });
};

/** macOS: libonnxruntime.<full version>.dylib is a copy of libonnxruntime.1.dylib, which is the one the binding links to. */
const isDuplicateDylib = (/** @type {string} */ path) => /libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(path);

const versionOf = async (/** @type {string} */ folder) =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version;

/**
 * Only what Node needs to load a package: no scripts that an installer could run, no dependencies that are not there.
 *
 * @param {string} from
 * @param {string} to
 */
const writeManifest = async (from, to) => {
  const { name, version, license, main } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'));
  await writeFile(join(to, 'package.json'), JSON.stringify({ name, version, license, main }, null, 2) + '\n');
};

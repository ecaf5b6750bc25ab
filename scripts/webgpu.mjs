/**
 * Packs what a bare Linux machine with a graphics card needs to compare the card with its processor:
 *
 *   npm run webgpu [-- --out dist/webgpu.tar.xz]
 *
 * Node, ONNX Runtime, koffi, Vulkan's loader and one script; the driver is the machine's own. There:
 *
 *   tar xf webgpu.tar.xz && ./webgpu/run.sh > result.json
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildProducts } from '../esbuild.mjs';
import { root } from './lib/paths.mjs';

/** What may be carried to such machines. */
const maxBytes = 60e6;

const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist/webgpu.tar.xz') } } });
const out = resolve(values.out);
await buildProducts({ production: true, target: 'linux-x64' });
const own = mkdtempSync(join(tmpdir(), 'webgpu-pack-'));
const folder = join(own, 'webgpu');
try {
  mkdirSync(join(folder, 'lib'), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/engine/webgpu.ts'],
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    keepNames: true,
    external: ['koffi', 'onnxruntime-node'],
    outfile: join(folder, 'run.js'),
    logLevel: 'warning',
  });
  cpSync(join(root, 'dist/node_modules'), join(folder, 'node_modules'), { recursive: true });
  copyFileSync(realpathSync(process.execPath), join(folder, 'node'));
  addLoader(join(folder, 'lib'));
  // Containers are given the driver's libraries, but not always the file by which the loader finds them.
  const description = {
    file_format_version: '1.0.1',
    ICD: { library_path: 'libGLX_nvidia.so.0', api_version: '1.3.0' },
  };
  writeFileSync(join(folder, 'nvidia_icd.json'), JSON.stringify(description));
  writeFileSync(
    join(folder, 'run.sh'),
    `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/lib:$LD_LIBRARY_PATH"
export VK_DRIVER_FILES="\${VK_DRIVER_FILES:-$here/nvidia_icd.json}"
exec "$here/node" "$here/run.js" "$@"
`,
  );
  for (const file of ['node', 'run.sh']) chmodSync(join(folder, file), 0o755);
  run('strip', [join(folder, 'node')]);
  mkdirSync(dirname(out), { recursive: true });
  run('tar', ['-C', own, '-cJf', out, 'webgpu'], { ...process.env, XZ_OPT: '-3' });
} finally {
  rmSync(own, { recursive: true, force: true });
}
const { size } = statSync(out);
console.log(`${out}: ${(size / 1e6).toFixed(1)} MB`);
if (size > maxBytes) throw new Error(`The package has more than ${maxBytes / 1e6} MB.`);

/** Debian's own loader, unpacked. @param {string} to */
function addLoader(to) {
  const unpacked = mkdtempSync(join(tmpdir(), 'vulkan-'));
  // The process that downloads gives up its rights first.
  chmodSync(unpacked, 0o777);
  run('apt-get', ['-qq', 'download', 'libvulkan1'], process.env, unpacked);
  const [deb = ''] = readdirSync(unpacked);
  run('dpkg', ['-x', join(unpacked, deb), join(unpacked, 'root')]);
  const libraries = join(unpacked, 'root/usr/lib/x86_64-linux-gnu');
  copyFileSync(realpathSync(join(libraries, 'libvulkan.so.1')), join(to, 'libvulkan.so.1'));
  rmSync(unpacked, { recursive: true, force: true });
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] @param {string} [cwd] */
function run(command, args, env = process.env, cwd = root) {
  const { status, error } = spawnSync(command, args, { env, cwd, stdio: ['ignore', 2, 2] });
  if (error !== undefined) throw new Error(`${command} could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`${command} failed with exit code ${status}.`);
}

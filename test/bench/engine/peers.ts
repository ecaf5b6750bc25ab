import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Exact versions, so that numbers of different days can be compared. */
const peers = {
  // Its optional packages are binaries for every accelerator; the one for processors is asked for by name.
  llama: [
    'node-llama-cpp@3.22.1',
    `@node-llama-cpp/${process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'win' : 'linux'}-${process.arch}@3.22.1`,
    '--omit=optional',
  ],
  transformers: ['@huggingface/transformers@4.3.1'],
} as const;

type Peer = keyof typeof peers;

/** Installs what ours is compared with, outside of the product. @throws {Error} where npm fails */
export function ensurePeers(folder: string, names: readonly Peer[] = ['llama', 'transformers']): void {
  for (const name of names) {
    const wanted = peers[name];
    const home = join(folder, name);
    const complete = join(home, 'complete');
    if (existsSync(complete)) continue;
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "private": true }');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...wanted];
    const { status } = spawnSync('npm', args, {
      cwd: home,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error(`npm could not install ${wanted[0]}.`);
    writeFileSync(complete, '');
  }
}

/** A package of those, by its own name. */
export async function loadPeer<Module>(folder: string, peer: Peer, name: string): Promise<Module> {
  const file = createRequire(join(folder, peer, 'package.json')).resolve(name);
  return (await import(pathToFileURL(file).href)) as Module;
}

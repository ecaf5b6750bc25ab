import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Exact versions, so that numbers of different days can be compared. */
const peers = {
  // Its optional packages are binaries for every accelerator; the one for processors is asked for by name.
  llama: ['node-llama-cpp@3.22.1', `@node-llama-cpp/${process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'win' : 'linux'}-${process.arch}@3.22.1`, '--omit=optional'],
  transformers: ['@huggingface/transformers@4.3.1'],
} as const;

/** Installs what ours is compared with, outside of the product. @throws {Error} where npm fails */
export function ensurePeers(folder: string): void {
  for (const [name, wanted] of Object.entries(peers)) {
    const home = join(folder, name);
    const complete = join(home, 'complete');
    if (existsSync(complete)) continue;
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "private": true }');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...wanted];
    const { status } = spawnSync('npm', args, { cwd: home, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
    if (status !== 0) throw new Error(`npm could not install ${wanted[0]}.`);
    writeFileSync(complete, '');
  }
}

import { build } from 'esbuild';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Bundles a file of this repository that is to run as a process of its own, with the watchdog beside it.
 *
 * @returns absolute path of the bundle
 */
export async function bundle(entry: string): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'glassbox-'));
  await build({
    entryPoints: { bundle: entry, watchdog: 'src/ipc/process/watchdog.ts' },
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  return join(outdir, 'bundle.js');
}

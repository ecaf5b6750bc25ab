/** What detect-secrets (Yelp, Python) finds with its usual settings; fetched by pip into the cache of this project. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { cache } from '../../../scripts/lib/paths.mjs';
import { findPip } from '../../../scripts/lib/pip.mjs';
import type { PlantedFile } from '../../support/plantedSecrets';

const release = 'detect-secrets==1.5.0';
const Report = v.object({
  results: v.record(v.string(), v.array(v.object({ line_number: v.pipe(v.number(), v.integer()) }))),
});

/** @returns for each file which of its lines it names, or why it could not be asked */
export function foundByDetectSecrets(files: readonly PlantedFile[]): Map<PlantedFile, boolean[]> | string {
  const home = join(cache, 'detect-secrets-1.5.0');
  if (!existsSync(home)) {
    const pip = findPip();
    if (pip === undefined) return 'not measured, for there is no pip';
    const [program, ...args] = pip;
    const { status } = spawnSync(program, [...args, 'install', '--quiet', '--target', home, release]);
    if (status !== 0) {
      rmSync(home, { recursive: true, force: true });
      return `not measured, for pip could not install ${release}`;
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-secrets-'));
  try {
    for (const [number, { path, lines }] of files.entries()) {
      const file = join(folder, String(number), path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${lines.map(({ line }) => line).join('\n')}\n`);
    }
    const { stdout, stderr, status } = spawnSync('python3', ['-m', 'detect_secrets', 'scan', '--all-files', '.'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, PYTHONPATH: home },
    });
    if (status !== 0) return `not measured: ${stderr.trim().split('\n').at(-1)}`;
    const named = v.parse(Report, JSON.parse(stdout)).results;
    return new Map(
      files.map((file, number) => {
        const told = new Set(named[join(String(number), file.path)]?.map(({ line_number }) => line_number));
        return [file, file.lines.map((_, at) => told.has(at + 1))];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

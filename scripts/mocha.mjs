/**
 * Builds the tests of one kind and runs them:
 *
 *   node scripts/mocha.mjs <unit|conformance|host|e2e> [filter]
 *
 * `filter` is a part of a file's path or of a test's full title. Exit code 1 when a test failed or none ran.
 */
import Mocha from 'mocha';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildProducts, buildTests } from '../esbuild.mjs';
import { root } from './lib/paths.mjs';

const [kind, filter = ''] = process.argv.slice(2);
const kinds = ['unit', 'conformance', 'host', 'e2e'];
if (!kinds.includes(kind)) throw new Error(`usage: node scripts/mocha.mjs <${kinds.join('|')}> [filter]`);

const timeouts = { unit: 10_000, conformance: 120_000, e2e: 180_000 };

process.setSourceMapsEnabled(true);
// Unit tests import what they test; all other kinds start what was built.
if (kind !== 'unit') await buildProducts();
const { files, matched } = await buildTests(kind, filter);
const counts = kind === 'host' ? await runInEditor() : await runHere();
await mkdir(join(root, 'dist/test'), { recursive: true });
await writeFile(join(root, 'dist/test', `${kind}.json`), JSON.stringify(counts));
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

async function runHere() {
  const mocha = new Mocha({ timeout: timeouts[kind], color: process.stdout.isTTY });
  for (const file of files) mocha.addFile(file);
  if (!matched) mocha.fgrep(filter);
  const runner = await new Promise((resolve) => {
    const started = mocha.run(() => resolve(started));
  });
  return { passed: runner.stats.passes, failed: runner.stats.failures, skipped: runner.stats.pending };
}

async function runInEditor() {
  const { runHostTests } = await import('./lib/host-tests.mjs');
  return runHostTests({ files, filter: matched ? '' : filter });
}

/**
 * Builds the tests of one kind, with what they need, and runs them:
 *
 *   node scripts/mocha.mjs <unit|conformance|webview|host|e2e> [filter]
 *
 * `filter` is a part of a file's path or of a test's full title. Exit code 1 when a test failed or none ran.
 */
import Mocha from 'mocha';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPages, buildProducts, buildTests } from '../esbuild.mjs';
import { runHostTests } from './lib/host-tests.mjs';
import { prepareModels } from './lib/models.mjs';
import { hostTarget } from './lib/native-parts.mjs';
import { packageExtension } from './lib/package.mjs';
import { root } from './lib/paths.mjs';

/** Milliseconds that one test may take. Only what hangs takes as long: how fast a machine is does not decide. */
const timeouts = { unit: 240_000, conformance: 480_000, webview: 240_000, host: 240_000, e2e: 240_000 };

/** @type {Record<keyof typeof timeouts, () => Promise<unknown>>} */
const prepare = {
  // Unit tests import what they test.
  unit: async () => {},
  conformance: () => prepareModels().then(() => buildProducts()),
  // Pages in a plain browser.
  webview: () => buildPages({ production: true }),
  host: () => prepareModels().then(() => buildProducts()),
  e2e: () => packageExtension(hostTarget()),
};

/** @param {string | undefined} name @returns {name is keyof typeof timeouts} */
const isKind = (name) => name !== undefined && Object.hasOwn(timeouts, name);

const [kind, filter = ''] = process.argv.slice(2);
if (!isKind(kind)) throw new Error(`usage: node scripts/mocha.mjs <${Object.keys(timeouts).join('|')}> [filter]`);

process.setSourceMapsEnabled(true);
await prepare[kind]();
const { files, matched } = await buildTests(kind, filter);
const wanted = { files, filter: matched ? '' : filter, timeout: timeouts[kind] };
const counts = await (kind === 'host' ? runHostTests(wanted) : runHere(wanted));
await mkdir(join(root, 'dist/test'), { recursive: true });
await writeFile(join(root, 'dist/test', `${kind}.json`), JSON.stringify(counts));
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

/** @param {import('./lib/host-tests.mjs').Wanted} wanted @returns {Promise<import('./lib/host-tests.mjs').Counts>} */
async function runHere({ files, filter, timeout }) {
  const mocha = new Mocha({ timeout });
  for (const file of files) mocha.addFile(file);
  mocha.fgrep(filter);
  /** @type {string[]} */
  const faults = [];
  /** @type {Mocha.Runner} */
  const runner = await new Promise((resolve) => {
    const started = mocha.run(() => resolve(started));
    started.on('fail', (test, error) => faults.push(`${test.fullTitle()}\n${error?.stack ?? error}`));
  });
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
  return { passed: passes, failed: failures, skipped: pending, faults };
}

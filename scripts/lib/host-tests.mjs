/** Runs the tests of test/host inside VS Code: a desktop one where it can be had, the VS Code server elsewhere. */
import { runTests } from '@vscode/test-electron';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { testSettings, writeUserSettings } from './user-settings.mjs';

/**
 * @typedef {object} Wanted
 * @property {string[]} files the bundled test files
 * @property {string} filter part of the full titles of the tests wanted; empty for all
 * @property {number} timeout milliseconds that one test may take
 *
 * `faults` are the titles of the tests that failed, each with its error.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, faults?: string[] }} Counts
 */

/** @param {Wanted} wanted @returns {Promise<Counts>} */
export async function runHostTests(wanted) {
  const own = mkdtempSync(join(tmpdir(), 'glassbox-host-'));
  const results = join(own, 'results.json');
  const output = join(own, 'output.txt');
  const userData = join(own, 'data');
  // A copy: tests write into the workspace, and a run that is cut off leaves nothing behind in the repository.
  const workspace = join(own, 'sample');
  cpSync(join(root, 'sample'), workspace, { recursive: true });
  writeFileSync(output, '');
  writeUserSettings(userData, testSettings);
  const stopRelaying = relay(output);
  try {
    await runTests({
      ...editor(),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'dist/test/host/index.js'),
      launchArgs: [workspace, `--user-data-dir=${userData}`, `--extensions-dir=${join(own, 'extensions')}`],
      extensionTestsEnv: { GLASSBOX_TESTS: JSON.stringify({ ...wanted, results, output }) },
    });
  } catch (error) {
    // A failed test is counted in the results; without results the editor itself failed.
    if (!existsSync(results)) process.stderr.write(`${error}\n`);
  }
  stopRelaying();
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : { passed: 0, failed: 1, skipped: 0 };
  rmSync(own, { recursive: true, force: true });
  return counts;
}

/**
 * GLASSBOX_VSCODE says which VS Code: `server`, `download` (what @vscode/test-electron downloads) or the path of an
 * executable. By default a machine with a screen gets the desktop's.
 */
function editor() {
  const { CI, DISPLAY, WAYLAND_DISPLAY, GLASSBOX_VSCODE } = process.env;
  const screen = process.platform !== 'linux' || (!CI && (DISPLAY || WAYLAND_DISPLAY));
  const wanted = GLASSBOX_VSCODE ?? (screen ? 'download' : 'server');
  if (wanted === 'download') return { version: 'stable' };
  return { vscodeExecutablePath: wanted === 'server' ? join(root, 'scripts/vscode.mjs') : wanted };
}

/**
 * Passes on what tests write to a file, as it comes: an extension host has no standard output that leads here.
 *
 * @param {string} file
 */
function relay(file) {
  let shown = 0;
  const show = () => {
    const text = readFileSync(file, 'utf8');
    process.stdout.write(text.slice(shown));
    shown = text.length;
  };
  const timer = setInterval(show, 250);
  return () => {
    clearInterval(timer);
    show();
  };
}

/**
 * Everything there is to check, one stage after the other; a failed stage does not keep the next from running. What
 * failed is told once more at the end. The last line sums up: `N passed, N failed`.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareModels } from './lib/models.mjs';
import { root } from './lib/paths.mjs';
import { runTool } from './lib/tool.mjs';

/** @typedef {import('./lib/host-tests.mjs').Counts} Counts */
/** @typedef {{ name: string, run: () => Counts }} Stage */

/**
 * A check that either passes or fails as a whole.
 *
 * @param {string} name
 * @returns {Stage}
 */
const check = (name) => ({
  name,
  run: () => {
    const passed = runTool(`scripts/${name}.mjs`) === 0 ? 1 : 0;
    return { passed, failed: 1 - passed, skipped: 0 };
  },
});

/**
 * A mocha suite; one that ends without counts, or in which no test ran, has failed.
 *
 * @param {string} kind
 * @returns {Stage}
 */
const suite = (kind) => ({
  name: kind,
  run: () => {
    const results = join(root, 'dist/test', `${kind}.json`);
    rmSync(results, { force: true });
    const exitCode = runTool('scripts/mocha.mjs', [kind]);
    try {
      const { passed, failed, skipped, faults } = JSON.parse(readFileSync(results, 'utf8'));
      return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped, faults };
    } catch {
      return { passed: 0, failed: 1, skipped: 0 };
    }
  },
});

const stages = [check('lint'), check('types'), ...['unit', 'conformance', 'webview', 'host', 'e2e'].map(suite)];

await prepareModels();
const total = { passed: 0, failed: 0 };
const summary = [];
/** @type {string[]} */
const allFaults = [];
for (const { name, run } of stages) {
  console.log(`\n── ${name} ──`);
  const started = performance.now();
  const { passed, failed, skipped, faults = [] } = run();
  allFaults.push(...faults.map((fault) => `${name}: ${fault}`));
  total.passed += passed;
  total.failed += failed;
  const seconds = Math.round((performance.now() - started) / 1000);
  summary.push(
    `${name}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''} (${seconds} s)`,
  );
}
// Once more at the end: where it stood first, thousands of lines follow.
if (allFaults.length > 0) console.log(`\n── what failed ──\n${allFaults.join('\n\n')}`);
console.log(`\n${summary.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

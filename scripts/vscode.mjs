#!/usr/bin/env node
/**
 * Stands in for the executable of desktop VS Code when extension tests are run and there is no desktop: takes the
 * same arguments, starts the VS Code server and a browser that draws it, and ends with the exit code of the tests.
 *
 *   vscode.mjs <folder> --extensionDevelopmentPath=… --extensionTestsPath=… [--user-data-dir=…] [--extensions-dir=…]
 *
 * The tests run in a real extension host, which inherits this process's environment.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser, viewport } from './lib/browser.mjs';
import { startServer } from './lib/server.mjs';

// Not strict: arguments that only mean something to a desktop window are let pass.
const { values, positionals } = parseArgs({ allowPositionals: true, strict: false });

/** @param {string} name @param {string} [otherwise] @returns {string} */
function option(name, otherwise) {
  const value = values[name] ?? otherwise;
  if (typeof value !== 'string') throw new Error(`--${name} is missing.`);
  return value;
}

const own = mkdtempSync(join(tmpdir(), 'glassbox-vscode-'));
const server = await startServer({
  userData: option('user-data-dir', join(own, 'data')),
  extensions: option('extensions-dir', join(own, 'extensions')),
  args: ['--enable-smoke-test-driver', '--disable-workspace-trust'],
});
const browser = await openBrowser();
try {
  process.exitCode = await runTests();
} finally {
  await browser.close();
  await server.stop();
  rmSync(own, { recursive: true, force: true });
}

/** @returns {Promise<number>} the exit code of the extension tests */
async function runTests() {
  const page = await browser.newPage({ viewport });
  if (process.env.GLASSBOX_VERBOSE) page.on('console', (message) => process.stderr.write(`${message.text()}\n`));
  const finished = new Promise((resolve, reject) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    page.once('crash', () => reject(new Error('The browser crashed.')));
    page.once('close', () => reject(new Error('The browser was closed.')));
    setTimeout(() => reject(new Error('The extension tests did not end.')), 900_000).unref();
  });
  await page.goto(
    server.address(positionals[0] ?? own, [
      ['extensionDevelopmentPath', server.uri(option('extensionDevelopmentPath'))],
      ['extensionTestsPath', server.uri(option('extensionTestsPath'))],
      ['skipWelcome', 'true'],
    ]),
  );
  return finished;
}

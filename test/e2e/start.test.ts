import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { openBrowser, viewport } from '../../scripts/lib/browser.mjs';
import { root } from '../support/paths';

describe('npm start', () => {
  let start: ChildProcess;
  let browser: Browser;

  before(async () => {
    start = spawn(process.execPath, [join(root, 'scripts/run.mjs'), 'start'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, GLASSBOX_VSCODE: 'server' },
    });
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    if (start.exitCode !== null) return;
    start.kill('SIGINT');
    await once(start, 'exit');
  });

  it('prints an address where the extension runs on the sample workspace', async () => {
    const page = await browser.newPage({ viewport });
    await page.goto(await printedAddress(start));
    await page.locator('.statusbar-item', { hasText: 'Glassbox' }).waitFor();
    await page.locator('.explorer-item', { hasText: 'README.md' }).waitFor();

    // A newcomer sees what to do, and a suggestion where the cursor is.
    await page.locator('.gettingStartedContainer', { hasText: 'Glassbox' }).waitFor();
    const suggestion = page.locator('.ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text').first();
    try {
      await suggestion.waitFor({ timeout: 120_000 });
    } finally {
      await page.screenshot({ path: join(root, 'test/output/start.png') });
    }
    assert.notEqual((await suggestion.textContent())?.trim(), '');
  });
});

/** @throws {Error} when the process ends without having printed one */
async function printedAddress({ stdout }: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: stdout! })) {
    const address = /http:\S+/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error('No address was printed.');
}

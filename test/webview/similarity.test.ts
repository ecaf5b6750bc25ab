import AxeBuilder from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { similaritySession } from '../support/browser/inspector';
import { becomes, openInBrowser, settled, themeNames, until } from '../support/browser/page';
import type { BrowserPageOptions } from '../support/browser/page';
import { root } from '../support/paths';

describe('the similarity of a question and what was found, in a plain browser', () => {
  let browser: Browser;
  before(async () => (browser = await openBrowser()));
  after(() => browser.close());
  const errors: string[] = [];
  afterEach(() => assert.deepEqual(errors.splice(0), []));

  async function open(options: Partial<BrowserPageOptions> = {}): Promise<Page> {
    const page = await openInBrowser(browser, 'inspector', {
      standIn: await similaritySession(),
      width: 340,
      height: 820,
      ...options,
    });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.locator('.question .token').first().waitFor();
    await page.locator('.detail-title').waitFor();
    return page;
  }

  async function screenshot(page: Page, name: string): Promise<void> {
    mkdirSync(join(root, 'test/output'), { recursive: true });
    writeFileSync(join(root, 'test/output', `similarity-${name}.png`), await page.screenshot());
  }

  const heats = 'glassboxNotifications.filter(({ name }) => name === "highlight").map(({ value }) => value)';

  for (const theme of themeNames) {
    it(`has nothing that axe finds fault with, and nowhere calls it attention: ${theme}`, async () => {
      const page = await open({ theme });
      for (const view of ['code', 'matrix']) {
        await page.locator(`#tab-${view}`).click();
        await page.locator(`#panel-${view}`).waitFor();
        if (view === 'matrix') {
          await page.locator('.matrix').focus();
          for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
          await until(page, `document.querySelector('.readout').textContent.includes('similarity')`);
        }
        await settled(page);
        await screenshot(page, `${view}-${theme}`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(
          violations.map(
            ({ id, nodes }) => `${view}: ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join('; ')}`,
          ),
          [],
        );
        // All that is seen or spoken, but for the two sentences that say what it is not, and where attention is to be had.
        const text = await page.evaluate<string>(
          `document.body.innerText + [...document.querySelectorAll('*')].filter((node) => node.checkVisibility()).map((node) => (node.getAttribute('aria-label') ?? '') + (node.getAttribute('aria-roledescription') ?? '') + (node.title ?? '')).join('')`,
        );
        assert.match(text, /similarity/i);
        assert.doesNotMatch(
          text.replaceAll('This is not attention:', '').replaceAll('Attention within the code', ''),
          /attention|reads →|sink/i,
        );
      }
      await page.context().close();
    });
  }

  it('shows the sum, each token’s part of it, and the heat on the code for one token and for the whole question', async () => {
    const page = await open();
    assert.match(
      await page.locator('.question .facts').first().innerText(),
      /^Similarity 0\.\d+: the sum over 6 × \d+ pairs of tokens\.$/,
    );
    await until(page, `${heats}.length > 0`);
    const titles = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.question .token')].map(({ title }) => title)`,
    );
    const parts = titles.map((title) => Number(/similarity \+?(.*)$/.exec(title)?.[1]));
    const score = Number(/Similarity ([\d.]+)/.exec(await page.locator('.question .facts').first().innerText())?.[1]);
    assert.ok(Math.abs(parts.reduce((sum, part) => sum + part, 0) - score) < 0.005, `${parts.join(' + ')} = ${score}`);

    await page.locator('.question .token').first().focus();
    await page.keyboard.press('End');
    await becomes(() => page.locator('.question .token').last().getAttribute('aria-pressed'), 'true');
    await until(page, `String(${heats}[0].values) !== String(${heats}.at(-1).values)`);
    await until(page, `document.querySelector('.detail-title').textContent === 'waiting'`);
    await page.keyboard.press('Escape');
    await until(page, `document.querySelector('.detail-title').textContent === 'The whole question'`);
    await page.context().close();
  });

  it('goes from token to token of the code by keyboard, marks it in the editor, and shows what of the question is like it', async () => {
    const page = await open();
    await page.locator('.code-view').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await until(page, `${heats}.at(-1).from === 2 && ${heats}.at(-1).to === 3 && ${heats}.at(-1).sequence === 1`);
    await until(page, `document.querySelector('.detail .facts').textContent.startsWith('similarity')`);
    await becomes(() => page.locator('.question .token[aria-pressed=true]').count(), 0);
    await page.keyboard.press('Enter');
    await until(
      page,
      `glassboxNotifications.some(({ name, value }) => name === 'reveal' && value.sequence === 1 && value.from === 2)`,
    );
    await page.locator('.question vscode-button', { hasText: 'Attention within the code' }).click();
    await until(
      page,
      `glassboxNotifications.some(({ name, value }) => name === 'captureWithin' && value.capture === 7)`,
    );
    await page.context().close();
  });

  it('has no attention to offer where the model has none, stays within its side bar at 200 %, and draws hostile text as text', async () => {
    const page = await open({
      standIn: await similaritySession('<img src=x onerror="globalThis.hacked=1"> task \u202e retry', false),
      width: 170,
      height: 410,
    });
    await settled(page);
    assert.equal(await page.locator('.question vscode-button', { hasText: 'Attention within' }).isVisible(), false);
    await becomes(
      () => page.evaluate<boolean>('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
      true,
    );
    assert.equal(
      await page.evaluate<boolean>(`globalThis.hacked === undefined && document.querySelector('img') === null`),
      true,
    );
    await screenshot(page, 'narrow');
    await page.context().close();
  });
});

import AxeBuilder from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { comparedWith, hostileSession, manyHeadsSession, notified, shelfSession } from '../support/browser/inspector';
import { becomes, openInBrowser, settled, themeNames, until } from '../support/browser/page';
import type { BrowserPageOptions } from '../support/browser/page';
import { root } from '../support/paths';

describe('the attention panel in a plain browser', () => {
  let browser: Browser;
  before(async () => (browser = await openBrowser()));
  after(() => browser.close());

  const views = ['why', 'code', 'heads', 'matrix'] as const;
  const errors: string[] = [];

  async function open(options: Partial<BrowserPageOptions> = {}): Promise<Page> {
    const page = await openInBrowser(browser, 'inspector', {
      standIn: shelfSession(),
      width: 340,
      height: 820,
      ...options,
    });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.locator('[role=tab][aria-selected=true]').waitFor();
    return page;
  }

  async function show(page: Page, view: (typeof views)[number]): Promise<void> {
    await page.locator(`#tab-${view}`).click();
    await page.locator(`#panel-${view}`).waitFor();
  }

  /** Puts the focus into the code and goes so many tokens on. */
  async function goTo(page: Page, token: number): Promise<void> {
    await show(page, 'code');
    await page.locator('.code-view').focus();
    for (let i = 0; i <= token; i++) await page.keyboard.press('ArrowRight');
    await page.locator('.detail-title').waitFor();
  }

  async function screenshot(page: Page, name: string): Promise<void> {
    mkdirSync(join(root, 'test/output'), { recursive: true });
    writeFileSync(join(root, 'test/output', `attention-${name}.png`), await page.screenshot());
  }

  afterEach(() => assert.deepEqual(errors.splice(0), []));

  for (const theme of themeNames) {
    it(`has nothing that axe finds fault with, in every view: ${theme}`, async () => {
      const page = await open({ theme });
      for (const view of views) {
        if (view === 'code') await goTo(page, 60);
        else await show(page, view);
        await settled(page);
        await screenshot(page, `${view}-${theme}`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(
          violations.map(
            ({ id, nodes }) => `${view}: ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join('; ')}`,
          ),
          [],
        );
      }
      await page.context().close();
    });
  }

  it('goes from token to token by keyboard, says so, and tells the editor', async () => {
    const page = await open();
    await goTo(page, 60);
    await until(page, "/^.+ in line \\d+ reads .+%/.test(document.querySelector('[role=status]').textContent)");
    const before = await page.locator('.detail-title').innerText();
    await page.keyboard.press('ArrowUp');
    await until(page, `document.querySelector('.detail-title').innerText !== ${JSON.stringify(before)}`);
    await page.keyboard.press('r');
    await page.locator('.facts', { hasText: 'is read by' }).waitFor();
    await until(
      page,
      "glassboxNotifications.some(({ name, value }) => name === 'highlight' && value.direction === 'readBy')",
    );
    const heat = (await notified(page, 'highlight')).at(-1) as {
      from: number;
      to: number;
      values: Record<string, number>;
    };
    assert.equal(heat.to, heat.from + 1);
    assert.equal(Math.max(...Object.values(heat.values)), 255);
    await page.keyboard.press('Enter');
    await until(page, "glassboxNotifications.some(({ name }) => name === 'reveal')");
    assert.equal((await notified(page, 'reveal')).length, 1);
    await page.keyboard.press('Escape');
    await page.locator('.detail .hint').waitFor();
    await page.context().close();
  });

  it('has one tab stop for each widget', async () => {
    const page = await open();
    for (const view of ['code', 'heads', 'matrix'] as const) {
      await show(page, view);
      await becomes(
        () =>
          page.evaluate(
            `[...document.querySelectorAll('#panel-${view} [tabindex="0"]')].filter((e) => e.matches('.widget')).length`,
          ),
        1,
      );
    }
    await becomes(() => page.locator('[role=tab][tabindex="0"]').count(), 1);
    await page.context().close();
  });

  it('chooses a head in the grid and opens it as a matrix', async () => {
    const page = await open();
    await show(page, 'heads');
    await page.locator('.heads').focus();
    await page.locator('.heads-view .facts', { hasText: 'sink' }).waitFor();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await page.locator('.heads-view .facts', { hasText: 'Layer 3, head 3: What came after it last time' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#panel-matrix').waitFor();
    await page.locator('.matrix').focus();
    for (const key of ['End', 'ArrowDown', 'Home', '+', '+']) await page.keyboard.press(key);
    await page.locator('.readout', { hasText: 'gives' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    await page.locator('.readout', { hasText: 'cannot see' }).waitFor();
    await page.context().close();
  });

  for (const [theme, width] of [
    ['dark', 300],
    ['light', 900],
    ['high-contrast', 340],
  ] as const) {
    it(`shows 270 heads in a panel ${width} pixels wide, and scrolls to the one that the keyboard is on: ${theme}`, async () => {
      const page = await open({ standIn: await manyHeadsSession(), width, theme });
      await show(page, 'heads');
      const board = page.locator('.heads');
      await board.focus();
      await page.locator('.heads-view .facts', { hasText: 'Layer 1, head 1: ' }).waitFor();
      await settled(page);
      await screenshot(page, `many-heads-${width}`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(
        violations.map(({ id }) => id),
        [],
      );
      await page.keyboard.press('End');
      const facts = page.locator('.heads-view .facts', { hasText: 'Layer 30, head 9: ' });
      await facts.waitFor();
      await until(page, "/^Layer 30, head 9: /.test(document.querySelector('[role=status]').textContent)");
      // All of it lies in the board, which is scrolled to its end, and what is said of it is in sight without scrolling.
      await until(
        page,
        `(() => {
        const { scrollTop, scrollHeight, clientHeight, scrollWidth, clientWidth } = document.querySelector('.heads');
        return scrollTop > 0 && scrollHeight - scrollTop - clientHeight < 8 && scrollWidth <= clientWidth;
      })()`,
      );
      const box = await facts.boundingBox();
      assert.ok(box !== null && box.y + box.height <= 820, JSON.stringify(box));
      // Only what is on screen is drawn.
      await until(
        page,
        "[...document.querySelectorAll('.heads canvas')].every((canvas) => canvas.clientHeight <= document.querySelector('.heads').clientHeight)",
      );
      await settled(page);
      await screenshot(page, `many-heads-end-${width}`);
      await page.context().close();
    });
  }

  it('opens heads whose maps a recording has, and says of the others that it does not', async () => {
    const page = await open({ standIn: await manyHeadsSession() });
    const notice = page.locator('.notice');
    await goTo(page, 60);
    assert.equal(await notice.isVisible(), false, 'all layers together are recorded');
    await show(page, 'heads');
    await page.locator('.heads').focus();
    await page.locator('.heads-view .facts', { hasText: 'Layer 1, head 1: ' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await notice.waitFor();
    assert.match(
      await notice.innerText(),
      /^The map of layer 2 is not in this recording, which has room for whole maps of layers 1, [\d, ]+, 30 only\.$/,
    );
    await show(page, 'heads');
    await notice.waitFor({ state: 'hidden' });
    await page.locator('.heads').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.locator('.matrix').focus();
    for (const key of ['End', 'ArrowDown', 'Home']) await page.keyboard.press(key);
    await page.locator('.readout', { hasText: 'gives' }).waitFor();
    assert.equal(await notice.isVisible(), false);
    await page.context().close();
  });

  it('says where a suggestion came from, and whether it needed it', async () => {
    const page = await open();
    await show(page, 'why');
    await page.locator('.lines tbody tr').first().waitFor();
    await becomes(
      () =>
        page
          .locator('.names li')
          .allInnerTexts()
          .then((texts) => texts.map((text) => text.replace(/\s+/g, ' '))),
      ['push copied line 9', 'book copied line 10'],
    );
    await page.locator('.written .token').first().click();
    await page.locator('.why-view .facts', { hasText: 'probability' }).waitFor();
    await page.locator('.written .token').first().click();
    // The checks of the heaviest lines are part of the recording.
    await page.locator('.lines vscode-button:not([disabled])').first().click();
    await page.locator('.lines .verdict').first().waitFor();
    assert.match(await page.locator('.lines .verdict').first().innerText(), /^(causal|correlational)\s+Δ log p/);
    await page.context().close();
  });

  it('compares two heads', async () => {
    const page = await open();
    await show(page, 'code');
    await page.locator('vscode-button[aria-label=Compare]').click();
    await page.locator('#compare vscode-dropdown').click();
    await page.locator('#compare vscode-option', { hasText: 'Layer 3, head 3' }).click();
    await page.locator('.comparison', { hasText: 'more in Layer 3, head 3' }).waitFor();
    await goTo(page, 60);
    await page.locator('.detail .facts', { hasText: 'Difference' }).waitFor();
    await page.locator('.bar.other').first().waitFor();
    await show(page, 'matrix');
    await settled(page);
    await screenshot(page, 'compare');
    await page.locator('.comparison vscode-button').click();
    await page.locator('.comparison').waitFor({ state: 'hidden' });
    await page.context().close();
  });

  it('compares the cells of two captures where their tokens have the same places, and says so where not', async () => {
    const page = await open();
    await show(page, 'matrix');
    await page.locator('.matrix').focus();
    await page.keyboard.press('ArrowDown');
    await until(page, "document.querySelector('.readout').textContent.includes(' gives ')");
    const alone = page.locator('.matrix-view > .facts').first();
    await page.evaluate(comparedWith({ shifted: true }));
    await alone.waitFor();
    assert.match(await alone.innerText(), /^Cells are not compared here/);
    await page.evaluate(comparedWith({ shifted: false }));
    await alone.waitFor({ state: 'hidden' });
    await until(page, "document.querySelector('.readout').textContent.includes('→')");
    // The same weights: nothing differs, so that every cell has the background's colour. Below the map the canvas is clear.
    await until(
      page,
      `(() => {
      const { width, height } = document.querySelector('.matrix .cells');
      const copy = new OffscreenCanvas(width, height).getContext('2d');
      copy.drawImage(document.querySelector('.matrix .cells'), 0, 0);
      const side = Math.min(width, height) - 8;
      const colours = [...new Set(new Uint32Array(copy.getImageData(4, 4, side, side).data.buffer))];
      return colours.length === 1 && colours[0] !== 0;
    })()`,
    );
    await page.context().close();
  });

  it('says of a copy how likely the model finds it, not how sure the copy was', async () => {
    const page = await open({ standIn: shelfSession({ copied: true }) });
    await show(page, 'why');
    await until(
      page,
      "/^Copied, not written by the model, which gives these \\d+ tokens log p = -/.test(document.querySelector('.why-view .facts').textContent)",
    );
    await becomes(() => page.locator('.written').getAttribute('aria-label'), 'What was copied');
    await page.context().close();
  });

  it('draws the same picture with WebGL and without', async () => {
    const withGl = await open({ classes: 'any-webgl' });
    const without = await open({ classes: 'no-webgl' });
    const hasGl = (page: Page): Promise<boolean> =>
      page.evaluate("document.querySelector('.matrix .cells').getContext('webgl2') !== null");
    const picture = (page: Page): Promise<string> =>
      page.evaluate("document.querySelector('.matrix .cells').toDataURL()");
    for (const page of [withGl, without]) {
      await show(page, 'matrix');
      await page.locator('.matrix .cells').waitFor({ state: 'attached' });
    }
    assert.deepEqual([await hasGl(withGl), await hasGl(without)], [true, false]);
    // Its tiles come one after another, to each page at its own time. Cells meet on fractions of pixels, which both ways
    // round for themselves.
    await becomes(
      async () => {
        const { colours, difference } = await compared(without, await picture(withGl), await picture(without));
        return { isDrawn: colours > 16, alike: difference < 0.03 || difference };
      },
      { isDrawn: true, alike: true },
    );
    for (const page of [withGl, without]) await page.context().close();
  });

  it('draws hostile text as text, and a line of 10,000 tokens without its tokens in the document', async () => {
    const page = await open({ standIn: hostileSession() });
    await goTo(page, 0);
    const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
    assert.ok(elements < 600, `${elements} elements`);
    assert.equal(await page.evaluate("document.querySelector('img, script:not([src]), b, iframe')"), null);
    assert.equal(await page.evaluate('globalThis.hacked'), undefined);
    for (const shown of ['<img', '‹202E›', '‹200B›']) {
      await until(page, `document.querySelector('.detail-title .code').innerText.includes(${JSON.stringify(shown)})`);
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('End');
    await settled(page);
    await screenshot(page, 'hostile');
    await page.context().close();
  });

  it('refuses and logs messages of a host that talks nonsense, and goes on', async () => {
    const page = await open();
    await page.evaluate(
      "for (const message of [null, 7, { kind: 'event', name: 'shown', value: { capture: '<b>' } }, { kind: 'event', name: 'evil', value: 1 }, { kind: 'result' }]) glassboxReceive(message)",
    );
    await until(
      page,
      "glassboxNotifications.filter(({ name, value }) => name === 'log' && value.includes('Refused')).length === 5",
    );
    await goTo(page, 10);
    await page.context().close();
  });

  it('stays within its side bar at 200 %', async () => {
    const page = await open({ width: 640, height: 1200 });
    await goTo(page, 60);
    await page.evaluate("document.documentElement.style.zoom = '2'");
    await settled(page);
    await screenshot(page, 'zoomed');
    await becomes(
      () =>
        page.evaluate(
          "[...document.querySelectorAll('.header, .tabs, .toolbar, .detail')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)",
        ),
      [],
    );
    await page.context().close();
  });
});

/** Of two pictures of one size: how many colours the first has, and which share of all values differs visibly. */
function compared(page: Page, first: string, second: string): Promise<{ colours: number; difference: number }> {
  return page.evaluate(`(async () => {
    const [a, b] = await Promise.all(${JSON.stringify([first, second])}.map(async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height).data;
    }));
    let off = 0;
    for (let i = 0; i < a.length; i++) if (Math.abs(a[i] - b[i]) > 4) off++;
    return { colours: new Set(new Uint32Array(a.buffer)).size, difference: a.length === b.length ? off / a.length : 1 };
  })()`);
}

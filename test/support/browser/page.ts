import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { pageHtml } from '../../../src/host/pages/html';
import { root } from '../paths';
import themes from './themes.json';

export type ThemeName = keyof typeof themes;
export const themeNames = Object.keys(themes) as ThemeName[];

const origin = 'http://panel.test';
/** How long a state is waited for. Only what never comes takes as long: a busy machine must not decide. */
const patienceMs = 60_000;

export interface BrowserPageOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** Loaded before the page; plays VS Code's part, see webview/shared/host.ts. */
  readonly standIn: string;
  /** More classes of the body, such as `vscode-reduce-motion`. */
  readonly classes?: string;
}

/**
 * Opens a page of webview/ in a plain browser, with the document, the content policy and the theme that it has in VS
 * Code. Nothing is fetched: every request is answered from dist/webview or refused.
 *
 * @param name of the page's folder; it must be built
 */
export async function openInBrowser(
  browser: Browser,
  name: string,
  { theme = 'dark', width = 420, height = 800, standIn, classes = '' }: BrowserPageOptions,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  await page.addInitScript({ content: standIn });
  const files: Record<string, () => { contentType: string; body: string }> = {
    '/': () => ({ contentType: 'text/html', body: documentOf(name, theme, classes) }),
    '/theme.css': () => ({ contentType: 'text/css', body: styleOf(theme) }),
    [`/${name}.js`]: () => ({ contentType: 'text/javascript', body: built(`${name}.js`) }),
    [`/${name}.css`]: () => ({ contentType: 'text/css', body: built(`${name}.css`) }),
  };
  await page.route('**/*', async (route) => {
    const file = files[new URL(route.request().url()).pathname];
    await (file === undefined ? route.abort() : route.fulfill(file()));
  });
  await page.goto(`${origin}/`);
  return page;
}

function documentOf(name: string, theme: ThemeName, classes: string): string {
  const html = pageHtml({
    title: name,
    language: 'en',
    cspSource: origin,
    nonce: 'test',
    script: `${origin}/${name}.js`,
    style: `${origin}/${name}.css`,
    strings: {},
  });
  return html
    .replace('</head>', `<link rel="stylesheet" href="${origin}/theme.css">\n</head>`)
    .replace(
      '<body',
      `<body class="vscode-body ${themes[theme].className} ${classes}" data-vscode-theme-kind="${themes[theme].className.split(' ')[0]}"`,
    );
}

function styleOf(theme: ThemeName): string {
  const variables = Object.entries(themes[theme].variables).map(([name, value]) => `  ${name}: ${value};`);
  return `:root {\n${variables.join('\n')}\n}\n`;
}

function built(file: string): string {
  return readFileSync(join(root, 'dist/webview', file), 'utf8').replace(
    /\n\/\/# sourceMappingURL=.*|\n\/\*# sourceMappingURL=.*/,
    '',
  );
}

/** Waits until an expression holds in the page, whose content policy lets nothing be evaluated but by the debugger. */
export async function until(page: Page, expression: string): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await page.evaluate<boolean>(expression))) {
    if (performance.now() > end) throw new Error(`Never: ${expression}`);
    await page.waitForTimeout(50);
  }
}

/** Waits until what is read from the page is what it should be; a page draws what it was told with its next frame. */
export async function becomes(read: () => Promise<unknown>, wanted: unknown): Promise<void> {
  const end = performance.now() + patienceMs;
  let value = await read();
  while (!isDeepStrictEqual(value, wanted) && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    value = await read();
  }
  assert.deepEqual(value, wanted);
}

/** Waits until nothing moves: pictures and contrast are those of a page at rest. */
export async function settled(page: Page): Promise<void> {
  await until(
    page,
    `document.getAnimations().every(({ playState, effect }) => playState !== 'running' || effect.getComputedTiming().endTime === Infinity)`,
  );
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../../scripts/lib/browser.mjs';
import type { StackData } from '../../../src/attention/stack';
import { weightOf } from '../../../src/attention/quantize';
import { openInBrowser } from '../../support/browser/page';
import { root } from '../../support/paths';
import { session } from '../panel/session';

export const tools = ['bertviz', 'inspectus'] as const;
export type Tool = (typeof tools)[number];

/** What became of a tool's page; undefined is what there was no memory or time for. */
export interface Drawn {
  /** The page as the tool made it. */
  readonly bytes: number | undefined;
  /** Elements of the document once nothing was added any more. */
  readonly elements: number | undefined;
}

/** How long a page may be made, and how long it may take to load and draw. */
const makingMs = 240_000;
export const drawingMs = 60_000;
const python = process.platform === 'win32' ? 'venv/Scripts/python.exe' : 'venv/bin/python';

/** What bertviz's page asks a content network for, and the file of npm's that answers here; npm lacks jQuery 2.0. */
const scripts: readonly (readonly [string, string])[] = [
  ['require.js/2.3.6/', 'requirejs/require.js'],
  ['d3/5.7.0/', 'd3/dist/d3.min.js'],
  ['jquery/2.0.0/', 'jquery/dist/jquery.min.js'],
];

/** Installs the tools in exact versions, outside of the product; NumPy is all they need of their own to make a page. */
function ensureTools(folder: string): void {
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const run = (command: string, ...args: string[]) => {
    const { status } = spawnSync(command, args, {
      cwd: folder,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.`);
  };
  run('python3', '-m', 'venv', 'venv');
  run(
    join(folder, python),
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    'bertviz==1.4.1',
    'inspectus==0.2.0',
    'numpy==2.2.6',
  );
  run(
    'npm',
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--save-exact',
    'd3@5.7.0',
    'jquery@2.1.0',
    'requirejs@2.3.6',
  );
  writeFileSync(complete, '');
}

/** Has other tools draw a capture's weights: the first tokens of all its heads, which in a causal stack are all that a text of so many has. */
export class OtherTools {
  readonly #weights: string;
  readonly #book: string;

  constructor(
    private readonly folder: string,
    private readonly stack: StackData,
  ) {
    ensureTools(folder);
    this.#weights = join(folder, 'weights');
    this.#book = join(folder, 'book');
    const { layers, heads } = stack.shape;
    rmSync(this.#weights, { force: true });
    for (let map = 0; map < layers * heads; map++) {
      const kept = stack.map(Math.floor(map / heads), map % heads);
      if (!kept) throw new Error('A layer has lost its maps.');
      writeFileSync(this.#weights, kept.cells, { flag: 'a' });
    }
    writeFileSync(this.#book, weightOf);
  }

  async draw(tool: Tool, tokens: number): Promise<Drawn> {
    const page = join(this.folder, `${tool}.html`);
    rmSync(page, { force: true });
    const { layers, heads } = this.stack.shape;
    const args = [tool, tokens, layers, heads, this.#weights, this.#book, page].map(String);
    const { status } = spawnSync(join(this.folder, python), [join(root, 'test/bench/attention/others.py'), ...args], {
      stdio: ['ignore', 'ignore', 2],
      timeout: makingMs,
    });
    if (status !== 0) return { bytes: undefined, elements: undefined };
    const drawn = { bytes: statSync(page).size, elements: await elementsOf(page, join(this.folder, 'node_modules')) };
    rmSync(page);
    return drawn;
  }
}

/** Elements of this project's own panel: of its picture in the code, and of its matrix. */
export async function ownElements(tokens: number, shape: { layers: number; heads: number }): Promise<number> {
  const browser = await openBrowser();
  const page = await openInBrowser(browser, 'inspector', { standIn: session(tokens, shape), width: 420, height: 900 });
  page.setDefaultTimeout(drawingMs);
  let most = 0;
  for (const [view, selector] of [
    ['code', '.code-view'],
    ['matrix', '.matrix'],
  ]) {
    await page.locator(`#tab-${view}`).click();
    await page.locator(`${selector}`).waitFor();
    most = Math.max(most, await settled(page));
  }
  await browser.close();
  return most;
}

/** Elements of a document once no more come. */
async function settled(page: Page): Promise<number> {
  for (let before = -1; ;) {
    const now = await page.evaluate<number>("document.querySelectorAll('*').length");
    if (now === before) return now;
    before = now;
    await page.waitForTimeout(2000);
  }
}

/** Opens a page in Chromium, without network, and counts. A browser of its own, since a page may take it along. */
async function elementsOf(file: string, modules: string): Promise<number | undefined> {
  const browser = await openBrowser();
  const draw = async (): Promise<number | undefined> => {
    const page = await browser.newPage();
    page.on('crash', () => void browser.close());
    await page.route(/^https:/, async (route) => {
      const path = scripts.find(([part]) => route.request().url().includes(part))?.[1];
      await (path === undefined ? route.abort() : route.fulfill({ path: join(modules, path) }));
    });
    await page.goto(pathToFileURL(file).href, { timeout: drawingMs });
    await page.locator('svg').first().waitFor({ state: 'attached', timeout: drawingMs });
    return await settled(page);
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), drawingMs)));
  try {
    return await Promise.race([draw().catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
    await browser.close();
  }
}

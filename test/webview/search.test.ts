import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import type { ShownExample, SearchAnswer, SearchState, SkippedList } from '../../src/features/search/messages';
import { becomes, openInBrowser, settled, themeNames } from '../support/browser/page';
import type { BrowserPageOptions } from '../support/browser/page';
import { root } from '../support/paths';

/** What a page says, as it is posted. */
interface Said {
  kind: string;
  id: number;
  name: string;
  value: Record<string, unknown>;
}

const snippet =
  'export async function retry(work, { times = 5 } = {}) {\n  for (let attempt = 0; ; attempt++) {\n    try {\n      return await work();\n    } catch (error) {\n      await sleep(backoff(attempt));';
const mark = (text: string, word: string): [number, number] => [text.indexOf(word), text.indexOf(word) + word.length];
const nasty = '<img src=x onerror="document.title=\'broken\'"> </script><b>x';

const answer: SearchAnswer = {
  id: 1,
  remarks: [],
  groups: [
    {
      name: 'retry.js',
      folder: 'src/net',
      hits: [
        {
          number: 0, symbol: 'retry', lines: '12–24', uri: 'file:///w/src/net/retry.js#L12-L24', snippet: { line: 12, text: snippet, marks: [mark(snippet, 'retry'), mark(snippet, 'backoff')] },
          why: [{ label: 'retri', value: '+6.2', share: 0.62 }, { label: 'back', value: '+3.8', share: 0.38 }, { label: 'it is defined here', value: '×1.50' }],
        },
        { number: 1, symbol: 'backoff', lines: '3–8', uri: 'file:///w/src/net/retry.js#L3-L8', snippet: { line: 3, text: 'const backoff = (attempt) =>\n  Math.min(30_000, 100 * 2 ** attempt);', marks: [[6, 13]] }, why: [{ label: 'back', value: '+3.0', share: 1 }] },
      ],
    },
    { name: nasty, folder: nasty, hits: [{ number: 2, symbol: nasty, lines: '1', uri: 'file:///w/n.js#L1-L1', snippet: { line: 1, text: nasty, marks: [[1, 4]] }, why: [{ label: nasty, value: '+1.0', share: 1 }] }] },
  ],
}; // prettier-ignore

const skipped: SkippedList = {
  total: 1_204,
  groups: [
    { reason: 'Long lines, as tools write them', files: [{ number: 0, name: 'jquery.min.js', folder: 'web/vendor' }] },
    { reason: 'No text', files: [{ number: 1, name: 'logo.png', folder: 'media' }] },
  ],
  more: 1_202,
};

const examples: ShownExample[] = [
  { kind: 'sentence', text: 'retries work with growing pauses' },
  { kind: 'name', text: 'parse http header' },
  { kind: 'filter', text: 'cookie jar kind:class' },
];

/** Plays VS Code's part: answers searches, and keeps what it is told. */
function standIn(state: SearchState, remembered: unknown): string {
  return `
    const answer = ${JSON.stringify(answer).replaceAll('<', '\\u003c')};
    window.said = [];
    window.glassboxHost = {
      state: ${JSON.stringify(remembered)},
      post(message) {
        window.said.push(message);
        if (message.kind === 'notification' && message.name === 'ready') this.tell({ kind: 'event', name: 'state', value: ${JSON.stringify(state)} });
        if (message.kind !== 'request') return;
        if (message.name === 'skipped') {
          this.tell({ kind: 'result', id: message.id, value: ${JSON.stringify(skipped)} });
          return;
        }
        if (message.name === 'examples') {
          this.tell({ kind: 'result', id: message.id, value: { examples: ${JSON.stringify(examples)} } });
          return;
        }
        const empty = message.name === 'search' && message.value.text === 'nothing';
        if (message.name === 'search' && message.value.text === 'slowly') {
          window.release = () => this.tell({ kind: 'result', id: message.id, value: { id: 3, remarks: [], groups: answer.groups.toReversed() } });
          return;
        }
        const fails = message.name === 'search' && message.value.text === 'failure';
        if (fails) this.tell({ kind: 'error', id: message.id, error: { code: 'failed', message: 'The index could not be used: no room.' } });
        else this.tell({ kind: 'result', id: message.id, value: empty ? { id: 2, remarks: ['No file here has the language or ending “pyton”.'], groups: [] } : answer });
      },
      listen(receive) { this.tell = (message) => setTimeout(() => receive(message)); },
    };`;
}

const ready: SearchState = { kind: 'ready', sentence: '', version: 1 };
const indexing: SearchState = {
  kind: 'indexing',
  sentence: 'Indexing: 1234 of 5210 files, 2210 chunks/s, 12 s left',
  coverage: 0.24,
  version: 1,
};

describe('the search page', () => {
  let browser: Browser;
  before(async () => (browser = await openBrowser()));
  after(() => browser.close());

  const open = (
    state: SearchState = ready,
    options: Partial<BrowserPageOptions> & { remembered?: unknown } = {},
  ): Promise<Page> =>
    openInBrowser(browser, 'search', {
      width: 340,
      height: 720,
      ...options,
      standIn: standIn(state, options.remembered ?? null),
    });
  const told = async (page: Page, name: string) =>
    (await page.evaluate(() => (globalThis as unknown as { said: Said[] }).said))
      .filter((message) => message.name === name)
      .map(({ value }) => value);
  const ask = async (page: Page, text: string) => {
    await page.locator('.input').fill(text);
    await page.keyboard.press('Enter');
  };
  const focused = (page: Page) =>
    page.evaluate<string>(
      "document.activeElement.querySelector('.symbol, .name')?.textContent ?? document.activeElement.className",
    );
  const picture = async (page: Page, name: string) => {
    await settled(page);
    mkdirSync(join(root, 'test/output'), { recursive: true });
    await page.screenshot({ path: join(root, `test/output/search-page-${name}.png`) });
  };

  it('is gone through with the keyboard alone', async () => {
    const page = await open();
    await page.locator('.input').focus();
    await page.keyboard.type('retry');
    await page.locator('.hit').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await becomes(() => focused(page), 'retry');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Alt+Enter');
    await becomes(() => page.locator('[role=status]').innerText(), '3 hits in 2 files');
    await page.keyboard.press('Control+c');
    await becomes(() => page.locator('[role=status]').innerText(), 'Copied');
    await becomes(
      () => told(page, 'open'),
      [
        { answer: 1, hit: 0, how: 'preview' },
        { answer: 1, hit: 1, how: 'open' },
      ],
    );
    for (const name of ['peek', 'copy']) await becomes(() => told(page, name), [{ answer: 1, hit: 1 }]);
    await page.keyboard.press('ArrowRight');
    await becomes(() => page.locator('.why:not([hidden])').innerText(), 'back\n+3.0');
    await page.keyboard.press('ArrowLeft');
    await becomes(() => page.locator('.why:not([hidden])').count(), 0);
    await page.keyboard.press('ArrowLeft');
    await becomes(() => focused(page), 'retry.js');
    await page.keyboard.press('End');
    await becomes(() => focused(page), nasty);
    await page.keyboard.press('Escape');
    await becomes(() => focused(page), 'input');
    // One tab stop for the whole list.
    await becomes(() => page.locator('.results [tabindex="0"]').count(), 1);
    await page.close();
  });

  it('leaves whoever is at a hit there when other hits come', async () => {
    const page = await open();
    await ask(page, 'retry');
    await page.locator('.hit').first().waitFor();
    await ask(page, 'slowly');
    await becomes(() => page.locator('#hits').getAttribute('aria-busy'), 'true');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.evaluate('window.release()');
    await page.locator('#hits[aria-busy="false"]').waitFor();
    await becomes(() => page.locator('.symbol').first().innerText(), nasty);
    await becomes(() => focused(page), 'retry');
    assert.match(await page.locator('.why:not([hidden])').innerText(), /^retri/);
    await page.close();
  });

  it('remembers what was asked', async () => {
    const page = await open(ready, { remembered: { text: '', history: ['newest', 'older'] } });
    await page.locator('.input').focus();
    const value = () => page.locator('.input').inputValue();
    await page.keyboard.type('now');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await becomes(value, 'older');
    await page.keyboard.press('ArrowUp');
    await becomes(value, 'older');
    await page.keyboard.press('ArrowDown');
    await becomes(value, 'newest');
    await page.keyboard.press('ArrowDown');
    await becomes(value, 'now');
    await page.keyboard.press('Enter');
    await becomes(() => page.evaluate<unknown>('glassboxHost.state'), {
      text: 'now',
      history: ['now', 'newest', 'older'],
      pinned: [],
      byFolder: false,
    });
    await page.close();
  });

  it('lists what is pinned and what was asked lately, and asks it again on a click', async () => {
    const history = Array.from({ length: 8 }, (_, number) => `asked ${number}`);
    const page = await open(ready, { remembered: { text: '', history, pinned: ['kept', 'asked 1'] } });
    const listed = () => page.locator('.question').allInnerTexts();
    // What is pinned is not listed twice, and not all of what was asked is.
    await becomes(listed, ['kept', 'asked 1', 'asked 0', 'asked 2', 'asked 3', 'asked 4', 'asked 5']);
    await page.getByRole('button', { name: 'Pin asked 2', exact: true }).click();
    await page.getByRole('button', { name: 'Unpin kept' }).click();
    await becomes(listed, ['asked 1', 'asked 2', 'asked 0', 'asked 3', 'asked 4', 'asked 5', 'asked 6']);
    await page.getByRole('button', { name: 'asked 0', exact: true }).click();
    await page.locator('.hit').first().waitFor();
    await becomes(() => page.locator('.input').inputValue(), 'asked 0');
    const pin = page.getByRole('button', { name: 'Pin this question' });
    await becomes(() => pin.getAttribute('aria-pressed'), 'false');
    await pin.click();
    await becomes(() => pin.getAttribute('aria-pressed'), 'true');
    const { pinned } = await page.evaluate<{ pinned: string[] }>('glassboxHost.state');
    assert.deepEqual(pinned, ['asked 1', 'asked 2', 'asked 0']);
    await page.close();
  });

  it('teaches by three questions about the workspace', async () => {
    const page = await open();
    await becomes(
      () => page.locator('.example .button').allInnerTexts(),
      examples.map(({ text }) => text),
    );
    await page.getByRole('button', { name: 'parse http header' }).click();
    await page.locator('.hit').first().waitFor();
    await becomes(() => told(page, 'search'), [{ text: 'parse http header' }]);
    await page.close();
  });

  it('groups hits by folder, and folds what is not wanted', async () => {
    const page = await open();
    await ask(page, 'retry');
    await page.locator('.hit').first().waitFor();
    assert.equal(await page.locator('.directory').count(), 0);
    await page.getByRole('button', { name: 'Group by folder' }).click();
    await becomes(() => page.locator('.directory .name').allInnerTexts(), ['src/net', nasty]);
    await becomes(() => page.locator('.directory .count').allInnerTexts(), ['2', '1']);
    assert.deepEqual(
      await page.evaluate<string[]>(
        "Array.from(document.querySelectorAll('[role=treeitem]'), (row) => row.getAttribute('aria-level'))",
      ),
      ['1', '2', '3', '3', '1', '2', '3'],
    );
    // A folder, a file and a hit are gone through with the arrow keys; what is folded is passed by.
    await page.locator('.hit').first().focus();
    await page.keyboard.press('ArrowLeft');
    await becomes(() => focused(page), 'retry.js');
    await page.keyboard.press('ArrowLeft');
    await becomes(() => page.locator('.hit:visible').count(), 1);
    await page.keyboard.press('ArrowLeft');
    await becomes(() => focused(page), 'src/net');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    await becomes(() => focused(page), nasty);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowRight');
    await becomes(() => page.locator('.file:visible').count(), 4);
    // The file in it is as it was.
    await becomes(() => page.locator('.hit:visible').count(), 1);
    assert.equal((await page.evaluate<{ byFolder: boolean }>('glassboxHost.state')).byFolder, true);
    await page.close();
  });

  it('opens all hits in an editor', async () => {
    const page = await open();
    await ask(page, 'retry');
    await page.getByRole('button', { name: 'Open all hits in an editor' }).click();
    await becomes(() => told(page, 'openAll'), [{ answer: 1 }]);
    await page.close();
  });

  it('leads from a hit to its callers, what it calls and its tests, and says what was found', async () => {
    const page = await open();
    await ask(page, 'retry');
    await page.locator('.hit').first().waitFor();
    await becomes(() => page.locator('.keys:visible kbd').allInnerTexts(), ['Enter', 'Space', '→', 'C', 'L', 'T']);
    await page.keyboard.press('ArrowDown');
    for (const key of ['c', 'l', 't']) await page.keyboard.press(key);
    await becomes(
      () => told(page, 'related'),
      ['callers', 'callees', 'tests'].map((relation) => ({ answer: 1, hit: 0, relation })),
    );
    await page.evaluate(() =>
      (globalThis as unknown as { glassboxHost: { tell: (message: unknown) => void } }).glassboxHost.tell({
        kind: 'event',
        name: 'said',
        value: { sentence: 'Callers of retry: 3' },
      }),
    );
    await becomes(() => page.locator('.remarks').innerText(), 'Callers of retry: 3');
    await page.close();
  });

  it('lets a hit be dragged out as a link to its place, and text be selected', async () => {
    const page = await open();
    await ask(page, 'retry');
    await page.locator('.hit').first().waitFor();
    const dragged = (selector: string) =>
      page.evaluate<Record<string, string>>(`{
        const data = new DataTransfer();
        document.querySelector('${selector}').dispatchEvent(new DragEvent('dragstart', { dataTransfer: data }));
        Object.fromEntries(data.types.map((type) => [type, data.getData(type)]));
      }`);
    const uri = 'file:///w/src/net/retry.js#L12-L24';
    assert.deepEqual(await dragged('.head'), {
      resourceurls: JSON.stringify([uri]),
      'application/vnd.code.uri-list': uri,
      'text/uri-list': uri,
      'text/plain': 'src/net/retry.js:12–24',
    });
    assert.equal((await dragged('.file'))['text/uri-list'], 'file:///w/src/net/retry.js');
    assert.equal(await page.locator('.snippet[draggable=true], .hit[draggable=true]').count(), 0);
    await page.close();
  });

  it('shows text as text, whatever it says', async () => {
    const page = await open();
    await ask(page, 'retry');
    await page.locator('.hit').first().waitFor();
    await becomes(() => page.locator('.results img, .results b, .results script').count(), 0);
    assert.equal(await page.title(), 'search');
    await becomes(() => page.locator('mark').allTextContents(), ['retry', 'backoff', 'backoff', 'img']);
    await page.close();
  });

  it('says what is the case where there are no hits', async () => {
    const page = await open();
    await page.getByText('Ask for code in your own words').waitFor();
    await ask(page, 'nothing');
    await page.getByText('Nothing was found.').waitFor();
    await ask(page, 'failure');
    await page.getByText('no room').first().waitFor();
    await page.getByRole('button', { name: 'Try Again' }).click();
    await becomes(() => told(page, 'action'), ['retry']);
    await page.close();
    const without = await open({ kind: 'noWorkspace', sentence: 'Open a folder to search in it.', version: 0 });
    await without.getByRole('button', { name: 'Open Folder' }).click();
    await becomes(() => told(without, 'action'), ['openFolder']);
    await without.close();
  });

  it('looks for what is like a selection, until something is typed', async () => {
    const page = await open();
    await page.evaluate(() =>
      (globalThis as unknown as { glassboxHost: { tell: (message: unknown) => void } }).glassboxHost.tell({
        kind: 'event',
        name: 'similar',
        value: { label: 'a.ts:3–9' },
      }),
    );
    await page.getByText('Like a.ts:3–9').waitFor();
    await page.locator('.hit').first().waitFor();
    // It may ask once more when the index has grown, but for nothing else.
    assert.ok((await told(page, 'similar')).length >= 1);
    assert.deepEqual(await told(page, 'search'), []);
    await ask(page, 'retry');
    await page.getByText('Like a.ts:3–9').waitFor({ state: 'hidden' });
    await becomes(() => told(page, 'forgetSimilar'), [{}]);
    await page.close();
  });

  it('says how many files are not searched, and lists them on a click', async () => {
    const page = await open();
    await page.locator('.skipped > summary').waitFor();
    await becomes(() => page.locator('.skipped > summary').innerText(), '1204 files are not searched');
    await page.locator('.skipped > summary').click();
    await page.getByRole('button', { name: 'jquery.min.js web/vendor' }).click();
    await becomes(() => told(page, 'openSkipped'), [{ file: 0 }]);
    await becomes(() => page.locator('.skipped h2').allInnerTexts(), ['Long lines, as tools write them', 'No text']);
    await picture(page, 'not-searched');
    await page.close();
  });

  for (const theme of themeNames) {
    it(`can be looked at: ${theme}`, async () => {
      const page = await open(indexing, { theme });
      await page.locator('.example').first().waitFor();
      await picture(page, `${theme}-help`);
      await ask(page, 'where is the retry with back-off?');
      await page.locator('.hit').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await picture(page, `${theme}-why`);
      // Nothing wider than the view, which is narrow.
      await becomes(() => page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth'), true);
      await page.getByRole('button', { name: 'Group by folder' }).click();
      await picture(page, `${theme}-folders`);
      await becomes(() => page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth'), true);
      await page.getByRole('button', { name: 'Pause' }).click();
      await becomes(() => told(page, 'action'), ['pause']);
      await page.close();
    });
  }
});

import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { openBrowser, viewport } from '../../../scripts/lib/browser.mjs';
import { hostTarget } from '../../../scripts/lib/native-parts.mjs';
import { vsixPath } from '../../../scripts/lib/package.mjs';
import { installVsix, startServer } from '../../../scripts/lib/server.mjs';
import type { Server } from '../../../scripts/lib/server.mjs';
import { testSettings, writeUserSettings } from '../../../scripts/lib/user-settings.mjs';
import { root } from '../../support/paths';

export interface EditorOptions {
  readonly wrapper?: string[];
  /** Opens the folder as one that nobody has said to be trusted: in Restricted Mode. */
  readonly restricted?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly kept?: Readonly<Record<string, string>>;
}

/**
 * VS Code with the packaged extension installed, nothing else, and a person in front of it: everything goes through
 * the keyboard and what is drawn.
 */
export class Editor {
  private constructor(
    private readonly home: string,
    private readonly server: Server,
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  /**
   * Opens a folder and waits until the extension's status item is there.
   *
   * @param folder absolute path
   * @param options wrapper: program and arguments that start the server in their turn; settings: of the user, beside those of
   *   all tests; kept: what the extension has kept earlier for all workspaces, by the names of files
   */
  static async open(
    folder: string,
    { settings, kept = {}, restricted = false, ...options }: EditorOptions = {},
  ): Promise<Editor> {
    const home = mkdtempSync(join(tmpdir(), 'glassbox-e2e-'));
    const folders = { userData: join(home, 'data'), extensions: join(home, 'extensions') };
    const trust = restricted
      ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' }
      : {};
    writeUserSettings(folders.userData, { ...testSettings, ...trust, ...settings });
    // Settings of a machine are read from there, once the extension has said which they are.
    mkdirSync(join(folders.userData, 'Machine'), { recursive: true });
    writeFileSync(join(folders.userData, 'Machine/settings.json'), JSON.stringify(settings ?? {}));
    const storage = join(folders.userData, 'User/globalStorage/glassbox.glassbox');
    mkdirSync(storage, { recursive: true });
    for (const [name, text] of Object.entries(kept)) writeFileSync(join(storage, name), text);
    installVsix({ vsix: vsixPath(hostTarget()), ...folders });
    const args = restricted ? [] : ['--disable-workspace-trust'];
    const server = await startServer({ ...folders, ...options, args });
    const browser = await openBrowser();
    // Asked for beforehand: without it the browser lets write to the clipboard only for a few seconds behind a click.
    const page = await browser.newPage({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
    // A busy machine draws late; what is waited for is a state, never a time.
    page.setDefaultTimeout(60_000);
    const editor = new Editor(home, server, browser, page);
    await page.goto(server.address(folder));
    await editor.status.waitFor();
    return editor;
  }

  /** Whether there is something to see. */
  get isOpen(): boolean {
    return this.browser.isConnected();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Opens another folder in place of this one, which has nothing that is not saved. */
  async openFolder(folder: string): Promise<void> {
    await this.page.goto(this.server.address(folder));
    await this.status.waitFor();
  }

  /** The extension's item in the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item', { hasText: 'Glassbox' });
  }

  /** The page in a webview; the first one that is shown. */
  get view(): FrameLocator {
    return this.viewAt(0);
  }

  /** The pages in webviews, in the order in which they were first shown. */
  viewAt(index: number): FrameLocator {
    return this.page.locator('iframe.webview.ready').nth(index).contentFrame().frameLocator('#active-frame');
  }

  /** Marks that extensions have put on the code in sight, such as the heat of what is pointed at. */
  get marks(): Locator {
    return this.page.locator('.editor-instance .view-overlays [class*="ced-"]');
  }

  /** What the workbench has drawn. */
  find(selector: string, options: { hasText?: string | RegExp } = {}): Locator {
    return this.page.locator(selector, options);
  }

  /** @param label as the editor's list of colour themes shows it */
  async useTheme(label: string): Promise<void> {
    await this.press('Control+k');
    await this.#ask('Control+t', label);
  }

  async openFile(name: string): Promise<void> {
    await this.#ask('Control+p', name);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.page.locator('.monaco-editor.focused .view-line').first().waitFor();
    await this.#idle();
  }

  /**
   * Waits until the page has had nothing to do once: VS Code puts off what asks for suggestions in a new editor until then,
   * for five seconds at most, and what is typed before is answered by nobody.
   */
  async #idle(): Promise<void> {
    await this.page.evaluate('new Promise((done) => requestIdleCallback(() => done(), { timeout: 5000 }))');
  }

  async run(command: string): Promise<void> {
    await this.#ask('F1', command);
  }

  /** Runs a command that asks something itself, so that the input at the top stays. */
  async runAsking(command: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget');
    await this.press('F1');
    await input.waitFor();
    await this.page.keyboard.type(command);
    await input.locator('.monaco-list-row.focused', { hasText: command }).waitFor();
    await this.press('Enter');
  }

  /** Chooses an entry of the list that is open, by the keyboard: what hovers over the list may lie over a pointer's place. */
  async choose(hasText: string): Promise<void> {
    const entries = this.page.locator('.quick-input-list .monaco-list-row');
    await entries.filter({ hasText }).first().waitFor();
    const focused = this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText });
    while (!(await focused.isVisible())) await this.press('ArrowDown');
    await this.press('Enter');
  }

  /** Puts the cursor at the end of a line, counted from 1. */
  async goToEndOf(line: number): Promise<void> {
    await this.#ask('Control+g', String(line));
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
    await this.press('End');
  }

  /** Selects whole lines; the first one's number is counted from 1. */
  async selectLines(first: number, count: number): Promise<void> {
    await this.goToEndOf(first);
    await this.press('Home');
    await this.press('Home');
    for (let line = 0; line < count; line++) await this.press('Shift+ArrowDown');
    await this.page.locator('.statusbar-item', { hasText: 'selected)' }).waitFor();
  }

  /** Lets what happens by itself happen, for the blink of an eye. */
  async pause(): Promise<void> {
    await this.page.waitForTimeout(50);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 60 });
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Saves what was changed; the file is on disk afterwards. */
  async save(): Promise<void> {
    await this.page.locator('.tab.active.dirty').waitFor();
    await this.press('Control+s');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** What is drawn as ghost text now; empty when there is none. */
  async ghostText(): Promise<string> {
    const parts = await this.page.locator('.monaco-editor.focused .ghost-text-decoration').allTextContents();
    return parts.join('').replaceAll('\u00a0', ' ');
  }

  /** @throws {Error} with what the status item says, when none appears */
  async waitForGhostText(): Promise<string> {
    try {
      await this.page.locator('.monaco-editor.focused .ghost-text-decoration').first().waitFor();
    } catch (error) {
      const label = await this.status.locator('[aria-label]').first().getAttribute('aria-label');
      throw new Error(`No ghost text appeared. ${label}`, { cause: error });
    }
    return this.ghostText();
  }

  async waitForNoGhostText(): Promise<void> {
    await this.page.locator('.ghost-text-decoration').first().waitFor({ state: 'detached' });
  }

  /** A button of the open summary, by its name. */
  summaryAction(name: string): Locator {
    return this.page.locator('.review-widget').getByRole('button', { name, exact: true });
  }

  /** A button of a question in the corner. */
  notificationButton(name: string): Locator {
    return this.page.locator('.notification-toast').getByRole('button', { name, exact: true });
  }

  /** The user's settings as they lie on disk. */
  userSettings(): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.home, 'data/User/settings.json'), 'utf8')) as Record<string, unknown>;
  }

  /** Answers the input that is open at the top, once it has the title. */
  async answer(title: string, text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget');
    await input.locator('.quick-input-title', { hasText: title }).waitFor();
    await input.locator('.quick-input-box input').fill(text);
    await this.press('Enter');
  }

  /** Files in which the editor keeps anything (settings, state, logs) that have a text in them as it is. */
  filesWith(text: string): string[] {
    return globSync('**/*', { cwd: join(this.home, 'data'), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes(text));
  }

  /** The sentences of the open summary that answer a click. */
  get summarySentences(): Locator {
    return this.page.locator('.review-widget .comment-body a[data-href*="summarySentence"]');
  }

  /** What the open summary says. */
  async summaryText(): Promise<string> {
    return (await this.page.locator('.review-widget .comment-body').allInnerTexts()).join('\n');
  }

  /** Begins to take note of what summaries say. @returns each text that was drawn since */
  async watchSummary(): Promise<() => Promise<string[]>> {
    await this.page.evaluate(`{
      globalThis.seenInSummaries = new Set();
      const look = () => document.querySelectorAll('.review-widget .comment-body').forEach((one) => seenInSummaries.add(one.textContent));
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    }`);
    return () => this.page.evaluate<string[]>('[...seenInSummaries]');
  }

  /** Drags with the mouse what is drawn anywhere, in a webview too, and drops it in the middle of something else. */
  async drag(from: Locator, to: Locator): Promise<void> {
    const [start, end] = await Promise.all([from.boundingBox(), to.boundingBox()]);
    if (start === null || end === null) throw new Error('What is dragged, or where to, is not drawn.');
    const { mouse } = this.page;
    await mouse.move(start.x + 20, start.y + start.height / 2);
    await mouse.down();
    await mouse.move(start.x + 40, start.y + start.height / 2, { steps: 4 });
    await mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
    await this.page.waitForTimeout(200);
    await mouse.up();
    // Webviews take no clicks until the mouse has moved without a button.
    await mouse.move(end.x + end.width / 2 + 8, end.y + end.height / 2);
  }

  /** Puts the cursor onto a text that stands in sight, as a click does. */
  async clickOn(text: string): Promise<void> {
    await this.page.locator('.editor-instance .view-line span span', { hasText: text }).first().click();
  }

  /** What was copied last, once there is something. */
  async clipboard(): Promise<string> {
    for (;;) {
      const text = await this.page.evaluate<string>('navigator.clipboard.readText()');
      if (text !== '') return text;
      await this.pause();
    }
  }

  /** Agrees with the place that a question for one proposes. */
  async agreeWithPlace(name: string): Promise<void> {
    const question = this.page.locator('.quick-input-widget');
    await question.locator('.monaco-list-row').first().waitFor();
    await this.page.waitForFunction(
      `document.querySelector('.quick-input-widget input').value.endsWith(${JSON.stringify(name)})`,
    );
    await question.getByRole('button', { name: 'OK' }).click();
    await question.waitFor({ state: 'hidden' });
  }

  /** A button of a dialog over the window. */
  dialogButton(name: string): Locator {
    return this.page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true });
  }

  /** Opens an address that an extension has given out. */
  async openLink(address: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget');
    await this.runAsking('Developer: Open URL');
    await input.locator('.quick-input-message', { hasText: 'URL to open' }).waitFor();
    await input.locator('input').fill(address);
    await this.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** Opens a file in a window of its own, without VS Code. */
  async openInPlainBrowser(path: string): Promise<Page> {
    const page = await this.browser.newPage({ viewport: { width: 420, height: 800 } });
    // A busy machine draws late; what is waited for is a state, never a time.
    page.setDefaultTimeout(60_000);
    // The clipboard is for the page in front.
    page.on('close', () => void this.page.bringToFront());
    await page.goto(pathToFileURL(path).href);
    return page;
  }

  /** Begins to time a summary. @returns milliseconds from the key that asks for it to the first words of a model in it */
  async timeSummary(): Promise<() => Promise<number>> {
    await this.page.evaluate(`{
      globalThis.firstWordsMs = new Promise((resolve) => {
        let asked;
        addEventListener('keydown', ({ key }) => { if (key === 'g') asked = performance.now(); }, { capture: true });
        const observer = new MutationObserver(() => {
          const said = [...document.querySelectorAll('.review-widget .comment-body')].map((one) => one.textContent.replace(/Reading(: [0-9]+ of [0-9]+ parts)?/, '')).join('');
          if (asked === undefined || !/[a-z]/i.test(said)) return;
          observer.disconnect();
          requestAnimationFrame(() => resolve(performance.now() - asked));
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      });
      // Not the promise, which would be waited for.
      undefined;
    }`);
    return () => this.page.evaluate<number>('firstWordsMs');
  }

  async setTheme(name: string): Promise<void> {
    await this.press('Control+k');
    await this.#ask('Control+t', name);
  }

  async focusEditor(): Promise<void> {
    await this.run('View: Focus Active Editor Group');
  }

  /** A picture for people, in test/output/. */
  async screenshot(name: string): Promise<void> {
    const path = join(root, 'test/output', `${name}.png`);
    mkdirSync(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  /** Opens an input at the top, answers it with Enter and waits until it is gone. */
  async #ask(key: string, answer: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget');
    await this.press(key);
    await input.waitFor();
    await this.page.keyboard.type(answer);
    await input.locator('.monaco-list-row.focused', { hasText: answer }).waitFor();
    await this.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }
}

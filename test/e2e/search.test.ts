import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { root } from '../support/paths';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

/** Real code, enough of it that its index is seen growing. */
const sources = ['node_modules/zod/src/v4', 'node_modules/eslint/lib', 'node_modules/express/lib'];
const question = 'escape special characters of a regular expression';

describe('searching with the installed extension', () => {
  const workspace = new Workspace([]);
  let editor: Editor;

  before(() => {
    for (const source of sources)
      cpSync(join(root, source), join(workspace.folder, source.split('/')[1]!), { recursive: true });
  });
  useEditor(workspace, (opened) => (editor = opened));

  const focused = () => editor.view.locator('.hit:focus');

  /** Until then, what is found may be for a part of what was typed. */
  const answered = () => editor.view.locator('#hits[aria-busy="false"]').waitFor();

  /** The command hands the focus over a moment after it has run: what is typed before goes into the editor. */
  const inputHasFocus = () => editor.view.locator('input:focus').waitFor();

  it('begins with what can be asked, and indexes from then on', async () => {
    await editor.run('Glassbox: Search by Meaning');
    await inputHasFocus();
    await editor.screenshot('search-empty');
    await editor.view.locator('.progress', { hasText: /Indexing: \d+ of \d+ files/ }).waitFor({ timeout: 60_000 });
    await editor.find('.statusbar-item', { hasText: /Glassbox\s+\d+%/ }).waitFor();
    await editor.screenshot('search-indexing');
  });

  it('finds code as the person types, and says why', async () => {
    await editor.type(question);
    // The index is complete: what is found now stays.
    await editor.view.locator('.progress').waitFor({ state: 'hidden', timeout: 120_000 });
    await answered();
    await editor.view
      .locator('.symbol', { hasText: /escapeRegex/i })
      .first()
      .waitFor();
    await editor.press('ArrowDown');
    await focused().waitFor();
    await editor.press('ArrowRight');
    await editor.view.locator('.why:not([hidden])', { hasText: 'meaning' }).waitFor();
    await editor.screenshot('search-why');
  });

  it('shows why a hit is alike, token by token, with the heat on the source', async () => {
    await editor.press('Space');
    await focused().waitFor();
    await editor.press('s');
    const panel = editor.viewAt(1);
    await panel
      .locator('.question .facts', { hasText: /^Similarity 0\.\d+: the sum over \d+ × \d+ pairs of tokens\.$/ })
      .waitFor();
    await editor.marks.first().waitFor();
    assert.ok((await panel.locator('.question .token').count()) >= 6);
    await editor.screenshot('search-similarity');
    await panel.locator('.question .token', { hasText: 'regular' }).click();
    await panel.locator('.detail-title', { hasText: 'regular' }).waitFor();
    await panel.locator('.detail .facts', { hasText: /similarity .* of 0\./ }).waitFor();
    await editor.run('Glassbox: Search by Meaning');
    await inputHasFocus();
    await editor.press('ArrowDown');
    await focused().waitFor();
  });

  it('previews, opens and peeks with the keyboard alone', async () => {
    const name = (await editor.view.locator('.file .name').first().textContent())!;
    await editor.press('Space');
    await editor.find('.tab.active', { hasText: name }).waitFor();
    await editor.screenshot('search-preview');
    await focused().waitFor();
    await editor.press('Enter');
    await editor.find('.monaco-editor.focused').waitFor();
    await editor.run('Glassbox: Search by Meaning');
    await inputHasFocus();
    await editor.press('ArrowDown');
    await focused().waitFor();
    await editor.press('Alt+Enter');
    await editor.find('.peekview-widget').waitFor();
    await editor.screenshot('search-peek');
    await editor.press('Escape');
    await editor.find('.peekview-widget').waitFor({ state: 'detached' });
  });

  it('offers in a menu what can be done with a hit', async () => {
    const hit = editor.view
      .locator('.hit', { has: editor.view.locator('.symbol', { hasText: /escapeRegex/i }) })
      .first();
    await hit.click({ button: 'right' });
    const item = (label: string): Locator =>
      editor.find('.monaco-menu .action-label', { hasText: new RegExp(`^${label}$`) });
    for (const label of ['Open', 'Open to the Side', 'Peek', 'Why Is This Alike\\?', 'Copy as Context'])
      await item(label).waitFor();
    await editor.screenshot('search-menu');
    await item('Peek').click();
    await editor.find('.peekview-widget').waitFor();
    await editor.press('Escape');
    await editor.find('.peekview-widget').waitFor({ state: 'detached' });
  });

  it('leads from a hit to its callers, by the language server that runs here', async () => {
    await editor.run('Glassbox: Search by Meaning');
    await inputHasFocus();
    await editor.press('Control+a');
    await editor.type('symbol:escapeRegex escape regex path:zod');
    await answered();
    await editor.press('ArrowDown');
    await focused().waitFor();
    await editor.press('c');
    await editor.find('.peekview-widget').waitFor();
    await editor.view
      .locator('.remarks', { hasText: /^Callers of escapeRegex: [1-9]\d*, as the language server says$/ })
      .waitFor();
    await editor.screenshot('search-callers');
    await editor.press('Escape');
    await editor.find('.peekview-widget').waitFor({ state: 'detached' });
  });

  it('opens all hits in an editor, whose lines lead to their places', async () => {
    await editor.view.getByRole('button', { name: 'Group by folder' }).click();
    await editor.view.locator('.directory').first().waitFor();
    await editor.view.getByRole('button', { name: 'Open all hits in an editor' }).click();
    await editor.find('.tab.active', { hasText: 'symbol:escapeRegex' }).waitFor();
    await editor.screenshot('search-all-hits');
    await editor.goToEndOf(6);
    await editor.press('F12');
    await editor.find('.tab.active', { hasText: /\.[cm]?[jt]s/ }).waitFor();
    await editor.view.getByRole('button', { name: 'Group by folder' }).click();
  });

  it('lets a hit be dragged into an editor', async () => {
    await editor.run('View: Close All Editors');
    const name = (await editor.view.locator('.file .name').first().textContent())!;
    await editor.drag(editor.view.locator('.file').first(), editor.find('.editor-group-container'));
    await editor.find('.tab.active', { hasText: name }).waitFor();
    await editor.find('.editor-instance .view-line').first().waitFor();
  });

  it('begins with three questions about this workspace, what is pinned and what was asked', async () => {
    await editor.view.getByRole('button', { name: 'Pin this question' }).click();
    await editor.run('Glassbox: Search by Meaning');
    await inputHasFocus();
    await editor.press('Escape');
    await editor.view.locator('.example').nth(2).waitFor();
    assert.equal(await editor.view.locator('.example').count(), 3);
    await editor.view.locator('.question', { hasText: 'symbol:escapeRegex' }).waitFor();
    await editor.screenshot('search-start');
    const example = editor.view.locator('.example .button').first();
    const text = (await example.textContent())!;
    await example.click();
    await answered();
    await editor.view.locator('.hit').first().waitFor();
    assert.equal(await editor.view.locator('.input').inputValue(), text);
  });

  it('finds what is written meanwhile', async () => {
    writeFileSync(
      join(workspace.folder, 'toucan.ts'),
      'export function weighTheToucan(): number {\n  return 0.5;\n}\n',
    );
    await editor.run('Glassbox: Search by Meaning');
    await inputHasFocus();
    await editor.press('Control+a');
    await editor.type('"weighTheToucan"');
    await answered();
    // Before the last quote is typed, more is found.
    await editor.view.locator('.hit').nth(1).waitFor({ state: 'detached' });
    await editor.view.locator('.symbol', { hasText: 'weighTheToucan' }).waitFor();
    assert.equal(await editor.view.locator('.hit').count(), 1);
  });

  it('finds what is like the code at the cursor', async () => {
    await editor.openFile('toucan.ts');
    await editor.run('Glassbox: Find Similar Code');
    await editor.view.locator('.chip', { hasText: 'Like toucan.ts:' }).waitFor();
    // What was found before stays until the answer is there, in which the code itself has no place.
    await editor.view.locator('.name', { hasText: 'toucan.ts' }).first().waitFor({ state: 'detached' });
    await editor.view.locator('.hit').first().waitFor();
    await editor.screenshot('search-similar');
  });

  for (const [theme, name] of [
    ['Dark Modern', 'dark'],
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Light High Contrast', 'high-contrast-light'],
  ] as const) {
    it(`is drawn in the colours of ${theme}`, async () => {
      await editor.useTheme(theme);
      await editor.run('Glassbox: Search by Meaning');
      await inputHasFocus();
      await editor.press('Escape');
      await editor.view.locator('.example').nth(2).waitFor();
      await editor.screenshot(`search-start-${name}`);
      await editor.type(question);
      await answered();
      await editor.view
        .locator('.symbol', { hasText: /escapeRegex/i })
        .first()
        .waitFor();
      await editor.press('ArrowDown');
      await focused().waitFor();
      await editor.press('ArrowRight');
      await editor.view.locator('.why:not([hidden])').waitFor();
      await editor.screenshot(`search-${name}`);
      await editor.press('Space');
      await focused().waitFor();
      await editor.press('s');
      await editor.viewAt(1).locator('.detail-title', { hasText: 'The whole question' }).waitFor();
      await editor.marks.first().waitFor();
      await editor.screenshot(`search-similarity-${name}`);
    });
  }
});

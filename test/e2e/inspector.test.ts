import assert from 'node:assert/strict';
import { join } from 'node:path';
import { testModels } from '../../scripts/lib/user-settings.mjs';
import { settings } from '../../src/host/ids';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

const source = `import { readings } from './sensor';

const limit = 40;

/** Readings of one day. */
export class Day {
  readings: number[] = [];

  average(skip = 0): number {
    const counted = this.readings.slice(skip);
    let total = 0;
    for (const reading of counted) {
      total += reading;
    }
    return counted.length === 0 ? 0 : total / counted.length;
  }

  highest(): number {
    let highest = -Infinity;
    for (const reading of this.readings) {
      highest = Math.max(highest, reading);
    }
    return highest;
  }
}

export function isTooHot(day: Day): boolean {
  return day.average() > limit;
}
`;

/** On the code view: the middle of the first line, above which the small decoder has a marker and the name of the file. */
const firstLine = { x: 100, y: settings.modelDecoder in testModels ? 52 : 10 };

describe('looking into the model with the installed extension', () => {
  const workspace = new Workspace([]);
  const session = 'attention-Suggestion-in-day.ts.html';
  workspace.write('day.ts', source);
  // What the model itself writes is looked into, however unsure it is of that.
  workspace.write(
    '.vscode/settings.json',
    JSON.stringify({ [settings.completionCopying]: false, [settings.completionMinimumConfidence]: 0 }),
  );
  let editor: Editor;

  useEditor(workspace, (opened) => (editor = opened));

  const panel = (selector: string, hasText?: string | RegExp) =>
    editor.view.locator(selector, hasText === undefined ? {} : { hasText });
  const tab = (name: string) => editor.view.getByRole('tab', { name, exact: true });
  const button = (name: string) => editor.view.getByRole('button', { name, exact: true });
  const complete = () => panel('.progress').waitFor({ state: 'hidden' });

  it('shows what the model attends to in the selected code, in every view', async () => {
    await editor.openFile('day.ts');
    await editor.press('Control+a');
    await editor.run('Glassbox: Inspect Attention');
    await panel('.subject .title', 'day.ts:1–').waitFor({ timeout: 60_000 });
    await complete();
    await panel('.sink-share', /Sink: \d/).waitFor();
    await tab('Heads').click();
    await panel('.heads-view .facts', 'sink').waitFor();
    await editor.screenshot('attention-heads');
    await tab('Matrix').click();
    await panel('.readout', 'Rows read').waitFor();
    await panel('.matrix[aria-busy=false]').waitFor();
    await editor.screenshot('attention-matrix');
  });

  it('puts the heat of what is pointed at in the panel onto the source, until it is let go', async () => {
    await tab('Code').click();
    assert.equal(await editor.marks.count(), 0);
    await panel('.code-view').hover({ position: firstLine });
    await panel('.detail-title', 'line 1').waitFor();
    await editor.marks.first().waitFor();
    await panel('.code-view').click({ position: firstLine });
    await editor.press('End');
    await panel('.detail-title', 'line 29').waitFor();
    await editor.marks.filter({ visible: true }).nth(3).waitFor();
    await editor.press('Escape');
    await panel('.detail .hint').waitFor();
    await editor.marks.first().waitFor({ state: 'detached' });
  });

  it('follows the cursor in the editor', async () => {
    await editor.clickOn('highest');
    await panel('.detail-title', 'line 18').waitFor();
    await editor.marks.first().waitFor();
    await editor.press('ArrowUp');
    await editor.press('ArrowUp');
    await panel('.detail-title', 'line 16').waitFor();
    await editor.clickOn('counted');
    await panel('.detail-title', 'line 10').waitFor();
    await editor.clickOn('average');
    await panel('.detail-title', 'line 9').waitFor();
  });

  for (const theme of ['Dark Modern', 'Light Modern', 'Dark High Contrast', 'Light High Contrast']) {
    it(`is drawn in the colours of ${theme}`, async () => {
      await editor.setTheme(theme);
      const name = theme.toLowerCase().replaceAll(' ', '-');
      await editor.clickOn('average');
      await panel('.detail-title', 'line 9').waitFor();
      await editor.marks.first().waitFor();
      await editor.screenshot(`attention-code-${name}`);
      await tab('Heads').click();
      await panel('.heads-view .facts', 'sink').waitFor();
      await editor.screenshot(`attention-heads-${name}`);
      await tab('Matrix').click();
      await panel('.matrix[aria-busy=false]').waitFor();
      await editor.screenshot(`attention-matrix-${name}`);
      await tab('Code').click();
    });
  }

  it('says that the code has changed, that it has not when that is undone, and looks again', async () => {
    await editor.setTheme('Dark Modern');
    await editor.goToEndOf(workspace.lineOf('day.ts', 'let total = 0'));
    await editor.type(' ');
    await panel('.stale', 'The code has changed since').waitFor();
    await editor.press('Control+z');
    await panel('.stale').waitFor({ state: 'hidden' });
    await editor.press('Enter');
    await editor.type('let other = 1;');
    await editor.press('Escape');
    await panel('.stale', 'The code has changed since').waitFor();
    await editor.screenshot('attention-stale');
    await button('Compare').click();
    await button('The code as it is now').click();
    await panel('.comparison', 'more in day.ts').waitFor();
    await editor.clickOn('highest');
    await panel('.detail .facts', 'Difference to').waitFor();
    await panel('.bar.other').first().waitFor();
    await panel('.bar.reads').first().waitFor();
    await editor.screenshot('attention-compared');
    await button('Stop comparing').click();
    await button('Capture again').click();
    await panel('.stale').waitFor({ state: 'hidden' });
    await complete();
  });

  it('says why a suggestion was made, and whether it needed what it read', async () => {
    await editor.goToEndOf(workspace.lineOf('day.ts', 'return highest;'));
    // Below the end of that method: a line was added above.
    await editor.press('ArrowDown');
    await editor.press('ArrowDown');
    await editor.press('End');
    await editor.press('Enter');
    await editor.press('Enter');
    for (const line of ['lowest(): number {', 'let lowest = Infinity;', 'for (const reading of this.readings) {']) {
      await editor.type(line);
      await editor.press('Enter');
    }
    await editor.type('lowest = ');
    const ghost = await editor.waitForGhostText();
    await editor.run('Glassbox: Explain This Suggestion');
    await panel('.subject .title', 'Suggestion in day.ts').waitFor();
    await complete();
    assert.equal(await tab('Why').getAttribute('aria-selected'), 'true');
    await panel('.lines tbody tr').first().waitFor();
    const written = (await panel('.written .token').allInnerTexts()).join('').replaceAll('·', ' ');
    assert.ok(written.includes(ghost.trim().split('\n')[0]!.trim()), `${written} does not hold ${ghost}`);
    await panel('.lines vscode-button:not([disabled])').first().click();
    await panel('.lines .verdict', /^(causal|correlational)\s*Δ log p/).waitFor({ timeout: 120_000 });
    await editor.screenshot('attention-why');
  });

  it('gives a session that any browser replays, without VS Code and without the model', async () => {
    await button('Export').click();
    await editor.screenshot('attention-export');
    await button('Session to replay (HTML)').click();
    await editor.agreeWithPlace(session);
    await panel('[role=status]', `Saved as ${session}`).waitFor();
    const page = await editor.openInPlainBrowser(join(workspace.folder, session));
    await page.locator('.subject .title', { hasText: 'Suggestion in day.ts' }).waitFor();
    await page.getByRole('tab', { name: 'Why' }).click();
    await page.locator('.lines tbody tr').first().waitFor();
    await page.close();
  });

  it('gives a link that opens the same view again', async () => {
    await editor.press('Escape');
    await editor.clickOn('average');
    await editor.press('Control+a');
    await editor.run('Glassbox: Inspect Attention');
    await panel('.subject .title', 'day.ts:1–').waitFor();
    await complete();
    await tab('Heads').click();
    await panel('.heads-view .facts', 'sink').waitFor();
    await button('Export').click();
    await button('Copy a link').click();
    await panel('[role=status]', 'The link is on the clipboard').waitFor();
    const link = await editor.clipboard();
    assert.match(link, /glassbox\.glassbox\/attention\?path=day\.ts/);
    await tab('Code').click();
    await editor.openLink(link);
    await editor.dialogButton('Open').click();
    await panel('#tab-heads[aria-selected=true]').waitFor();
  });
});

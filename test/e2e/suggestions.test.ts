import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibrated } from '../../src/features/completion/learning/calibration';
import { fold, merged, noStatistics, statisticsSchema } from '../../src/features/completion/learning/statistics';
import type { LearningEvent, SuggestionStatistics } from '../../src/features/completion/learning/statistics';
import * as v from 'valibot';
import { createRandom } from '../support/random';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

/** Some weeks of somebody's suggestions, less often right in Python than they say. */
function weeks(): SuggestionStatistics {
  const random = createRandom(7);
  const from = (low: number, high: number) => low + (high - low) * random();
  let statistics = noStatistics();
  const count = (event: LearningEvent) => (statistics = fold(statistics, event));
  for (const [languageId, shown, shift] of [
    ['typescript', 620, 0.3],
    ['python', 260, -0.9],
    ['go', 24, 0],
  ] as const) {
    for (let one = 0; one < shown; one++) {
      const confidence = 0.18 + 0.82 * random() ** 1.6;
      const right = random() < calibrated(confidence, { slope: 1, shift, judged: 0 });
      const isLeft = random() < 0.25;
      const fate = isLeft ? 'left' : right ? (random() < 0.8 ? 'taken' : 'typedOut') : random() < 0.9 ? 'typedOver' : 'takenPartly';
      const words = fate === 'takenPartly' ? 2 : 0;
      count({ kind: 'outcome', languageId, fate, words, lines: 0, keysSaved: fate === 'taken' ? Math.round(from(5, 50)) : 0 });
      if (!isLeft) count({ kind: 'judged', languageId, confidence, right });
      if (fate === 'taken') {
        const unchanged = random() < 0.8;
        for (const look of [0, 1] as const) count({ kind: 'kept', languageId, look, unchanged, mostly: unchanged || random() < 0.7 });
      }
      count({ kind: 'took', ms: { known: from(0.3, 2) } });
      count({ kind: 'took', ms: random() < 0.6 ? { copied: from(15, 60) } : { written: from(90, 420), read: from(20, 120), decode: from(50, 250) } });
    }
  }
  return merged(noStatistics(), statistics);
} // prettier-ignore

describe('the page of your suggestions', () => {
  const workspace = new Workspace(['sample/src/library.ts']);
  let editor: Editor;
  useEditor(workspace, (opened) => (editor = opened), {
    settings: { 'glassbox.completion.learning': true },
    kept: { 'suggestions.json': JSON.stringify(weeks()) },
  });
  const page = (selector: string, hasText?: string | RegExp) =>
    editor.view.locator(selector, hasText === undefined ? {} : { hasText }).first();

  it('shows what became of them, in every language and in one', async () => {
    await editor.openFile('library.ts');
    await editor.run('Glassbox: Your Suggestions');
    await page('.tile', '904').waitFor();
    assert.ok((await editor.view.locator('.plot .dot').count()) >= 10);
    await page('#language').selectOption('python');
    await page('.tile', '260').waitFor();
    assert.equal(await editor.view.locator('.plot .threshold').count(), 1);
    await editor.screenshot('suggestions-python');
    await page('#language').selectOption('');
    await page('.tile', '904').waitFor();
  });

  for (const theme of ['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern']) {
    it(`is drawn in the colours of ${theme}`, async () => {
      await editor.setTheme(theme);
      const name = theme.toLowerCase().replaceAll(' ', '-');
      await page('h1').scrollIntoViewIfNeeded();
      await editor.screenshot(`suggestions-${name}`);
      await page('table >> nth=-1').scrollIntoViewIfNeeded();
      await editor.screenshot(`suggestions-${name}-below`);
    });
  }

  it('says in the menu what was learned', async () => {
    await editor.openFile('library.ts');
    const row = editor.find('.quick-input-list .monaco-list-row', { hasText: 'In typescript, shown from' });
    // The numbers are read when the cursor rests in a file.
    for (;;) {
      await editor.status.click();
      await editor.find('.quick-input-list .monaco-list-row', { hasText: 'Your suggestions' }).waitFor();
      if (await row.isVisible()) break;
      await editor.press('Escape');
      await editor.pause();
    }
    await editor.screenshot('suggestions-menu');
    await editor.press('Escape');
    await editor.run('Glassbox: Your Suggestions');
  });

  it('is exported', async () => {
    await page('#export').click();
    await editor.agreeWithPlace('suggestions.json');
    const path = join(workspace.folder, 'suggestions.json');
    while (!existsSync(path)) await editor.pause();
    await page('.spoken', 'suggestions.json').waitFor({ state: 'attached' });
    assert.ok(v.is(statisticsSchema, JSON.parse(readFileSync(path, 'utf8'))));
  });

  it('forgets what was learned, and then everything', async () => {
    await page('#reset').click();
    await page('section[aria-label="How sure, and how often right"]').waitFor({ state: 'detached' });
    await page('.tile', '904').waitFor();
    await page('#delete').click();
    await page('#delete', 'Delete all numbers?').click();
    await page('.empty').waitFor();
    await editor.screenshot('suggestions-empty');
  });
});

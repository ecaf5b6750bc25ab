import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Editor } from './support/editor';
import { Workspace } from './support/workspace';

/** Functions that a model of ours has not read, as a person would write them. */
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
}

export function isTooHot(day: Day): boolean {
  return day.average() > limit;
}
`;

describe('a summary beside its code', function () {
  const workspace = new Workspace([]);
  writeFileSync(join(workspace.folder, 'day.ts'), source);
  let editor: Editor;

  before(async () => (editor = await Editor.open(workspace.folder)));
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await editor.screenshot(`failed-${this.currentTest.title}`);
  });
  after(async () => {
    await editor.close();
    workspace.remove();
  });

  it('is written while it is watched, becomes documentation, and is undone in one step', async () => {
    await editor.openFile('day.ts');
    await editor.setTheme('Dark Modern');
    await editor.goToEndOf(workspace.lineOf('day.ts', 'const counted'));
    const seen = await editor.watchSummary();
    await editor.run('Glassbox: Summarize Selection');
    await editor.summaryAction('Copy Summary').waitFor();
    const text = await editor.summaryText();
    await editor.screenshot('summary-dark');
    assert.notEqual(text.trim(), '');
    assert.ok((await seen()).filter((one) => one !== '').length > 1, 'it has grown');

    for (let tries = 0; tries < 8 && !(await editor.summaryAction('Insert as Documentation').isVisible()); tries++) {
      await editor.summaryAction('Summarize Again').click();
      await editor.summaryAction('Copy Summary').waitFor();
    }
    await editor.summaryAction('Insert as Documentation').click();
    await editor.save();
    const lines = workspace.lines('day.ts');
    const at = workspace.lineOf('day.ts', 'average(skip = 0)') - 1;
    assert.match(lines[at - 1] ?? '', /\*\/$/);
    await editor.screenshot('summary-inserted');
    await editor.focusEditor();
    await editor.press('Control+z');
    await editor.save();
    assert.equal(workspace.lines('day.ts').join('\n'), source);
  });

  it('is drawn in light and high contrast too, and is closed', async () => {
    for (const theme of ['Light Modern', 'Dark High Contrast']) {
      await editor.setTheme(theme);
      await editor.screenshot(`summary-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    await editor.summaryAction('Close Summary').click();
    await editor.summaryAction('Close Summary').waitFor({ state: 'detached' });
  });

  it('of a whole file is a line for each part', async () => {
    await editor.setTheme('Dark Modern');
    await editor.focusEditor();
    await editor.press('Control+a');
    await editor.press('Control+k');
    await editor.press('Control+g');
    await editor.summaryAction('Copy Summary').waitFor();
    await editor.screenshot('summary-outline');
    assert.match(await editor.summaryText(), /Day \(6\): Readings of one day\..*isTooHot \(19\):/s);
  });
});

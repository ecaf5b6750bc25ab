import assert from 'node:assert/strict';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

/**
 * Functions that the embedded model has not read: `first` and `last` are their lines, and `documented` is what the file
 * says around the documentation that was inserted.
 */
const functions = [
  {
    language: 'TypeScript',
    source: 'node_modules/zod/src/v4/core/util.ts',
    first: 'export function cleanRegex(source: string): string {',
    lines: 5,
    documented: /\n\/\*\*(?:\n \*)? \S[^]*\*\/\nexport function cleanRegex\(/,
  },
  {
    language: 'Python',
    source: 'test/fixtures/summarize/roster.py',
    first: 'def free_hours(self',
    lines: 9,
    documented: /closing=18\):\n {8}"""\S[^]*"""\n {8}taken = set/,
  },
  {
    language: 'Go',
    source: 'test/fixtures/summarize/ring.go',
    first: 'func (r *Ring) Peak()',
    lines: 14,
    documented: /\n\/\/ Peak\b[^\n]*\n(\/\/ [^\n]*\n)*func \(r \*Ring\) Peak/,
  },
  {
    language: 'Rust',
    source: 'test/fixtures/summarize/meter.rs',
    first: '#[must_use]',
    lines: 9,
    documented: /\n( {4}\/\/\/ \S[^\n]*\n)+ {4}#\[must_use\]\n/,
  },
  {
    language: 'Java',
    source: 'test/fixtures/summarize/Ledger.java',
    first: '@Deprecated',
    lines: 11,
    documented: /\n {4}\/\*\*(?:\n {5}\*)? \S[^]*\*\/\n {4}@Deprecated\n/,
  },
];

/** Two files of which one says what its functions do. */
const readers = `/** The readers of a library. */
export class Readers {
  private readonly readers = new Map<number, Reader>();

  /**
   * Takes the reader with this number off the list, unless something is still open.
   *
   * @throws {Error} with what is open
   */
  removeReader(id: number): void {
    const reader = this.readers.get(id);
    if (reader === undefined) return;
    if (reader.open.length > 0) throw new Error(reader.open.join());
    this.readers.delete(id);
  }
}

interface Reader {
  readonly open: readonly string[];
}
`;
const suppliers = `export class Suppliers {
  private readonly suppliers = new Map<number, Supplier>();

  removeSupplier(id: number): void {
    const supplier = this.suppliers.get(id);
    if (supplier === undefined) return;
    if (supplier.open.length > 0) throw new Error(supplier.open.join());
    this.suppliers.delete(id);
  }
}

interface Supplier {
  readonly open: readonly string[];
}
`;

const nameOf = (source: string): string => source.slice(source.lastIndexOf('/') + 1);

describe('a summary beside its code', function () {
  const workspace = new Workspace(functions.map(({ source }) => source));
  workspace.write('readers.ts', readers);
  workspace.write('suppliers.ts', suppliers);
  let editor: Editor;

  useEditor(workspace, (opened) => (editor = opened));

  /** Asks for others until the model has written something that can be shown: this one is not always good for that. */
  async function untilUsable(): Promise<void> {
    await editor.summaryAction('Copy Summary').waitFor();
    for (
      let tries = 0;
      tries < 8 && !(await editor.summaryAction('Show the Lines It Stands On').isVisible());
      tries++
    ) {
      await editor.summaryAction('Summarize Again').click();
      await editor.summaryAction('Copy Summary').waitFor();
    }
  }

  it('leaves it to the user whether the Comments view opens with the first one', async () => {
    await editor.openFile('meter.rs');
    await editor.run('Glassbox: Summarize Selection');
    await editor.notificationButton('For Unresolved Ones Only').waitFor();
    assert.equal(editor.userSettings()['comments.openView'], undefined);
    await editor.notificationButton('For Unresolved Ones Only').click();
    while (editor.userSettings()['comments.openView'] !== 'firstFileUnresolved') await editor.pause();
    await editor.summaryAction('Close Summary').click();
    await editor.summaryAction('Close Summary').waitFor({ state: 'detached' });
    await editor.run('View: Hide Panel');
  });

  for (const { language, source, first, lines, documented } of functions) {
    it(`of a function in ${language} is written beside it, becomes documentation, and is undone in one step`, async () => {
      const name = nameOf(source);
      const original = workspace.lines(name).join('\n');
      await editor.openFile(name);
      await editor.selectLines(workspace.lineOf(name, first), lines);
      await editor.run('Glassbox: Summarize Selection');
      await untilUsable();
      const text = await editor.summaryText();
      assert.ok(
        text.split('\n').some((line) => /\w+ \w+/.test(line)),
        text,
      );
      await editor.screenshot(`summary-${language.toLowerCase()}`);

      await editor.summaryAction('Insert as Documentation').click();
      await editor.save();
      assert.match(workspace.lines(name).join('\n'), documented);
      await editor.screenshot(`summary-${language.toLowerCase()}-inserted`);
      await editor.focusEditor();
      await editor.press('Control+z');
      await editor.save();
      assert.equal(workspace.lines(name).join('\n'), original);
      await editor.summaryAction('Close Summary').click();
      await editor.summaryAction('Close Summary').waitFor({ state: 'detached' });
    });
  }

  it('shows the lines that a sentence stands on, by a click on it', async () => {
    const name = 'Ledger.java';
    await editor.openFile(name);
    await editor.goToEndOf(workspace.lineOf(name, 'long balance = 0;'));
    await editor.run('Glassbox: Summarize Selection');
    await untilUsable();
    await editor.summarySentences.first().click();
    const lines = editor.find('.review-widget .comment-body a', { hasText: /^lines? \d+/ });
    await lines.first().waitFor();
    assert.match(await editor.summaryText(), /Stands on line \d+ \(\d+ %\)/);
    await editor.screenshot('summary-lines');
    // What it stands on is said when the mouse rests on the sentence, too.
    assert.match((await editor.summarySentences.first().getAttribute('title')) ?? '', /^Stands on line \d+ \(\d+ %\)/);
    await editor.summarySentences.first().click();
    await lines.first().waitFor({ state: 'detached' });
  });

  it('is drawn in light and high contrast too, and is closed', async () => {
    await editor.summaryAction('Show the Lines It Stands On').click();
    await editor.find('.review-widget .comment-body', { hasText: 'Stands on line' }).waitFor();
    for (const theme of ['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern']) {
      await editor.setTheme(theme);
      await editor.screenshot(`summary-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    await editor.summaryAction('Close Summary').click();
    await editor.summaryAction('Close Summary').waitFor({ state: 'detached' });
  });

  it("is in the words of a similar function that is documented, whose name opens it, and else the model's", async () => {
    await editor.openFile('suppliers.ts');
    await editor.goToEndOf(workspace.lineOf('suppliers.ts', 'this.suppliers.delete(id);'));
    await editor.run('Glassbox: Summarize Selection');
    await editor.summaryAction('Copy Summary').waitFor();
    assert.match(
      await editor.summaryText(),
      /Takes the supplier with this number off the list, unless something is still open\. \(as removeReader is documented\)/,
    );
    await editor.screenshot('summary-similar');
    await editor.find('.review-widget .comment-body a', { hasText: 'removeReader' }).click();
    await editor.find('.tab.active', { hasText: 'readers.ts' }).waitFor();
    await editor.find('.statusbar-item', { hasText: 'Ln 10,' }).waitFor();
    await editor.openFile('suppliers.ts');
    await editor.summaryAction('Summarize Again').click();
    await editor
      .find('.review-widget .comment-body', { hasText: 'as removeReader is documented' })
      .waitFor({ state: 'detached' });
    await editor.summaryAction('Close Summary').click();
    await editor.summaryAction('Close Summary').waitFor({ state: 'detached' });
  });

  it('of a whole file grows part by part while it is watched, and keeps what it has when it is stopped', async () => {
    await editor.openFile('util.ts');
    const seen = await editor.watchSummary();
    await editor.press('Control+a');
    await editor.press('Control+k');
    await editor.press('Control+g');
    await editor.summaryAction('Stop Summarizing').waitFor();
    while ((await seen()).filter((text) => /\w+ \(\d+\):/.test(text)).length < 3) await editor.pause();
    await editor.screenshot('summary-outline');
    await editor.summaryAction('Stop Summarizing').click();
    await editor.find('.review-widget .comment-body', { hasText: 'Stopped before it was finished' }).waitFor();
    assert.match(await editor.summaryText(), /\w+ \(\d+\):/);
  });
});

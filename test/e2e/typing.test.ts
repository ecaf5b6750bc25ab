import assert from 'node:assert/strict';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

/** A line is opened below the one that contains `below`, and `typed` into it. */
const places = [
  { language: 'JavaScript', source: 'node_modules/express/lib/application.js', below: 'var router = this.router;', typed: 'var count = ' },
  { language: 'TypeScript', source: 'node_modules/zod/src/v4/core/util.ts', below: 'export function cleanRegex(source: string): string {', typed: 'const length = ' },
  { language: 'Python', source: 'sample/tools/report.py', below: 'pages = sum(book.pages for book in books)', typed: 'count = ' },
];

describe('typing with the installed extension', () => {
  const workspace = new Workspace(places.map(({ source }) => source));
  let editor: Editor;

  useEditor(workspace, (opened) => (editor = opened));

  for (const { language, source, below, typed } of places) {
    it(`shows ghost text in ${language}, and Tab puts it into the document`, async () => {
      const name = source.slice(source.lastIndexOf('/') + 1);
      const original = workspace.lines(name);
      const line = workspace.lineOf(name, below);
      await editor.openFile(name);
      await editor.goToEndOf(line);
      await editor.press('Enter');
      await editor.type(typed);

      const ghost = await editor.waitForGhostText();
      await editor.screenshot(`${language}-suggested`);
      await editor.press('Tab');
      await editor.waitForNoGhostText();
      await editor.save();
      await editor.screenshot(`${language}-accepted`);

      const saved = workspace.lines(name);
      assert.equal(saved[line]?.trimStart(), typed + ghost);
      assert.deepEqual([...saved.slice(0, line), ...saved.slice(line + 1)], original);
    });
  }

  it('keeps the suggestion while the person types what it says, and Escape takes it away', async () => {
    const name = 'util.ts';
    await editor.openFile(name);
    await editor.goToEndOf(workspace.lineOf(name, 'export function floatSafeRemainder('));
    await editor.press('Enter');
    await editor.type('const count = ');
    const ghost = await editor.waitForGhostText();
    await editor.type(ghost.slice(0, 1));
    assert.equal(await editor.ghostText(), ghost.slice(1));
    await editor.press('Escape');
    await editor.waitForNoGhostText();
  });

  it('says in the status bar that completions are off, and is silent then', async () => {
    await editor.run('Glassbox: Toggle Completions');
    await editor.status.locator('[aria-label*="off" i]').waitFor();
    await editor.press('Enter');
    await editor.type('var other = ');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(await editor.ghostText(), '');
    await editor.screenshot('off');
  });
});

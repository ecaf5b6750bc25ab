import assert from 'node:assert/strict';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

/** A line is opened below the one that contains `below`, and `typed` into it: where what follows is plain from the file. */
const places = [
  {
    language: 'JavaScript',
    source: 'node_modules/express/lib/application.js',
    below: 'app.enabled = function enabled(setting) {',
    typed: 'var route = ',
  },
  {
    language: 'TypeScript',
    source: 'node_modules/zod/src/v4/core/util.ts',
    below: 'export function merge(a: schemas.$ZodObject, b: schemas.$ZodObject): any {',
    typed: 'const currDef = ',
  },
  {
    language: 'Python',
    source: 'sample/tools/report.py',
    below: 'pages = sum(book.pages for book in books)',
    typed: 'for book ',
  },
];

const shelfBody = '  const books = readBooks(shelf);\n  expectOrder(books);\n';
const testOn = (day: string): string => `test('${day}', async () => {\n${shelfBody}})\n`;

describe('typing with the installed extension', () => {
  const workspace = new Workspace([...places.map(({ source }) => source), 'sample/src/library.ts']);
  workspace.write(
    '.vscode/settings.json',
    JSON.stringify({ '[javascriptreact]': { 'glassbox.completion.length': 'auto' } }),
  );
  const shelf = ['Monday', 'Tuesday', 'Thursday', 'Friday'].map(testOn).join('\n');
  workspace.write('shelf.jsx', shelf);
  for (const name of ['hall', 'attic', 'cellar']) workspace.write(`${name}.jsx`, `${shelf}\n${testOn('Sunday')}`);
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

  it('goes on like the code around, with the names of the place', async () => {
    const name = 'library.ts';
    await editor.openFile(name);
    // Behind the end of the method above.
    await editor.goToEndOf(workspace.lineOf(name, 'return this.all().filter((book) => book.status === status);') + 1);
    await editor.press('Enter');
    await editor.press('Enter');
    await editor.type('withAuthor(author: string): Book[] {');
    await editor.press('Enter');
    await editor.type('return ');
    assert.equal(await editor.waitForGhostText(), 'this.all().filter((book) => book.author === author);');
    await editor.screenshot('names-of-the-place');
    await editor.press('Tab');
    await editor.waitForNoGhostText();
  });

  it('suggests the whole of an empty body where the length is left to it', async () => {
    const name = 'shelf.jsx';
    await editor.openFile(name);
    await editor.goToEndOf(workspace.lines(name).length);
    await editor.press('Enter');
    await editor.type("test('Sunday', async () => {");
    await editor.press('Enter');
    await editor.waitForGhostText();
    await editor.screenshot('auto-block');
    await editor.press('Tab');
    await editor.waitForNoGhostText();
    await editor.save();
    assert.ok(workspace.lines(name).join('\n').endsWith(testOn('Sunday').trimEnd()));
  });

  it('keeps the suggestion while the person types what it says, and Escape takes it away', async () => {
    const name = 'util.ts';
    await editor.openFile(name);
    await editor.goToEndOf(workspace.lineOf(name, 'export function extend('));
    await editor.press('Enter');
    await editor.type('const currDef = ');
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

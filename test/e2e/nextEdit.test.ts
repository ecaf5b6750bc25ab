import assert from 'node:assert/strict';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

const names = ['load', 'save', 'list', 'drop', 'find'];
const cases = (field: string) =>
  names.map((name) => `    case '${name}': return this.${name}(item.${field});\n`).join('');
const calls = (...called: string[]) =>
  `def all():\n${called.map((name) => `    ${name} = load(${name}_id)\n    if ${name} is None: return\n`).join('')}`;

describe('the next edit on screen', () => {
  const workspace = new Workspace([]);
  workspace.write('five.ts', `function all(kind: string) {\n  switch (kind) {\n${cases('oldKey')}  }\n}\n`);
  workspace.write('calls.py', calls('user', 'order'));
  workspace.write('items.py', calls('item'));
  for (const name of ['One', 'Two'])
    workspace.write(
      `${name}.java`,
      `class ${name} {\n${names.map((each) => `  void ${each}() { send(former); }\n`).join('')}}\n`,
    );
  // Errors that are there from the start are drawn once the language server has read the files.
  const broken = "const broken: number = '';\n";
  workspace.write('tsconfig.json', '{}');
  workspace.write('area.ts', `export function area(side: number): number {\n  return side * side;\n}\n${broken}`);
  workspace.write(
    'rooms.ts',
    `function size(side: number): number {\n  return side;\n}\nconst hall = size(4);\nconst cellar = size(hall);\n${broken}`,
  );
  let editor: Editor;
  useEditor(workspace, (opened) => (editor = opened), {
    settings: {
      'glassbox.nextEdit': 'on',
      'glassbox.completion.enabled': false,
      // Its list would be open, and Tab is its own then.
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
    },
  });

  /** Replaces the word that stands some signs before the end of a line. */
  const typeOver = async (line: number, signsBehind: number, text: string): Promise<void> => {
    await editor.goToEndOf(line);
    for (let sign = 0; sign < signsBehind; sign++) await editor.press('ArrowLeft');
    await editor.press('Control+Shift+ArrowLeft');
    await editor.type(text);
  };
  const proposed = (where: string) => editor.find('.statusbar-item', { hasText: `Next edit: ${where}` }).waitFor();
  const nothingProposed = () => editor.find('.statusbar-item', { hasText: 'Next edit' }).waitFor({ state: 'detached' });
  const cursorAt = (line: number) => editor.find('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
  /** A line of the code in sight; blanks between words may be of any kind. */
  const line = (text: string) =>
    editor.find('.editor-instance .view-line', { hasText: new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s')) }).first(); // prettier-ignore

  it('stands at the place and at the cursor after the same edit was made twice', async () => {
    await editor.openFile('five.ts');
    await typeOver(3, 2, 'identifier');
    await typeOver(4, 2, 'identifier');
    await proposed('line 5');
    await editor.screenshot('next-edit-proposed');
  });

  for (const theme of ['Light High Contrast', 'Dark High Contrast', 'Dark Modern'])
    it(`is seen in the colours of ${theme}`, async () => {
      await editor.setTheme(theme);
      await editor.focusEditor();
      await proposed('line 5');
      await editor.screenshot(`next-edit-${theme.toLowerCase().replaceAll(' ', '-')}`);
    });

  it('is gone to with Tab, made with Tab, and taken back with one undo', async () => {
    await editor.press('Tab');
    await cursorAt(5);
    await editor.screenshot('next-edit-there');
    await editor.press('Tab');
    await line('this.list(item.identifier)').waitFor();
    await proposed('line 6');
    await editor.press('Control+z');
    await line('this.list(item.oldKey)').waitFor();
    await nothingProposed();
    await editor.press('Control+Shift+z');
    await line('this.list(item.identifier)').waitFor();
  });

  it('is declined with Escape, and Tab is Tab again', async () => {
    await typeOver(6, 2, 'identifier');
    await proposed('line 7');
    await editor.press('Escape');
    await nothingProposed();
    await line('this.find(item.oldKey)').waitFor();
    await editor.press('Tab');
    await line('item.identifier ').waitFor();
  });

  it('is ghost text at the cursor where it only inserts, in another file, too', async () => {
    await editor.openFile('calls.py');
    for (const number of [2, 4]) {
      await editor.goToEndOf(number);
      await editor.press('ArrowLeft');
      await editor.type(', True');
    }
    await proposed('items.py, line 2');
    await editor.screenshot('next-edit-argument');
    await editor.press('Tab');
    await editor.find('.tab.active', { hasText: 'items.py' }).waitFor();
    await cursorAt(2);
    assert.equal(await editor.waitForGhostText(), ', True');
    await editor.screenshot('next-edit-ghost');
    await editor.press('Tab');
    await line('load(item_id, True)').waitFor();
    await editor.waitForNoGhostText();
  });

  it('says why, and is made at several places of several files after a look at those of others', async () => {
    /** Runs a command that opens a list, and waits for a row of it. */
    const openList = async (command: string, row: string): Promise<void> => {
      await editor.press('F1');
      await editor.find('.quick-input-widget').waitFor();
      await editor.type(command);
      await editor.find('.quick-input-list .monaco-list-row.focused', { hasText: command }).waitFor();
      await editor.press('Enter');
      await editor.find('.quick-input-list .monaco-list-row', { hasText: row }).first().waitFor();
    };
    await editor.openFile('One.java');
    await typeOver(2, 4, 'present');
    await typeOver(3, 4, 'present');
    await proposed('');
    await openList('Glassbox: Why Is This Edit Proposed?', 'As in One.java, line 2');
    await editor.screenshot('next-edit-why');
    await editor.press('Escape');
    await editor.find('.quick-input-widget').waitFor({ state: 'hidden' });
    await openList('Glassbox: Apply the Next Edit to Several Places', 'Two.java, line');
    await editor.screenshot('next-edit-several');
    await editor.press('Enter');
    const apply = editor.find('.monaco-button', { hasText: 'Apply' }).first();
    await apply.waitFor();
    await editor.screenshot('next-edit-preview');
    await apply.click();
    await line('void find() { send(present); }').waitFor();
    await editor.screenshot('next-edit-applied');
  });

  it('is each use of what was given another name by typing', async () => {
    await editor.openFile('rooms.ts');
    await editor.find('.squiggly-error').first().waitFor();
    const isProposed = editor.find('.statusbar-item', { hasText: 'Next edit: line 4; 2 places in all' });
    // The language server answers when it can: who types faster than that is proposed nothing.
    for (let rests = 10; !(await isProposed.isVisible()); rests *= 2) {
      await editor.goToEndOf(1);
      await editor.press('Home');
      await editor.press('Control+ArrowRight');
      await editor.press('Control+ArrowRight');
      await editor.press('Control+Shift+ArrowLeft');
      for (let rest = 0; rest < rests; rest++) await editor.pause();
      await editor.type('measure');
      for (let rest = 0; rest < 60 && !(await isProposed.isVisible()); rest++) await editor.pause();
      if (!(await isProposed.isVisible())) await editor.press('Control+z');
    }
    await editor.screenshot('next-edit-renamed');
    await editor.press('Tab');
    await cursorAt(4);
    await editor.press('Tab');
    await line('const hall = measure(4);').waitFor();
    await proposed('line 5');
    await editor.press('Tab');
    await editor.screenshot('next-edit-renamed-last');
    await editor.press('Tab');
    await line('const cellar = measure(hall);').waitFor();
    await nothingProposed();
  });

  it('is an import that is missing', async () => {
    await editor.goToEndOf(6);
    await editor.press('Enter');
    await editor.type('area(cellar);');
    await proposed('line 1');
    await editor.screenshot('next-edit-import');
    await editor.press('Tab');
    await cursorAt(1);
    await editor.screenshot('next-edit-import-there');
    await editor.press('Tab');
    await line('import { area } from').waitFor();
    await editor.screenshot('next-edit-imported');
  });
});

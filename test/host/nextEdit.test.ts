import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { commands, internalCommands } from '../../src/host/ids';
import { api, close, open, select, type, until, useScratchFolder, useSetting } from './editor';

const names = ['load', 'save', 'list', 'drop', 'find'];
const cases = (field: (name: string) => string) =>
  `switch (kind) {\n${names.map((name) => `  case '${name}': return this.${name}(item.${field(name)});\n`).join('')}}\n`;
/** A switch with the field renamed in the first cases. Documents that were closed stay open for a while: each test has its own field. */
const renamed = (field: string, count: number) =>
  cases((name) => (names.indexOf(name) < count ? `${field}Now` : field));

const tab = () => vscode.commands.executeCommand(internalCommands.nextEditTab);

/** Types over the n-th of the texts that are the same, key by key. */
async function typeOver(editor: vscode.TextEditor, from: string, nth: number, to: string): Promise<void> {
  let at = -1;
  for (let seen = 0; seen <= nth; seen++) at = editor.document.getText().indexOf(from, at + 1);
  assert.ok(at >= 0, from);
  const range = new vscode.Range(editor.document.positionAt(at), editor.document.positionAt(at + from.length));
  await select(editor, new vscode.Selection(range.start, range.end));
  for (const key of to) await type(key);
}

const proposed = async () => {
  const { activity } = await api();
  await until('an edit is proposed', () => activity.state.nextEdit !== undefined);
  return activity.state.nextEdit!.sentence;
};

/** Waits for what the search of an edit that is not proposed would take, several times. */
const nothingProposed = async () => {
  const { activity } = await api();
  const end = performance.now() + 2_000;
  await until('some time', () => performance.now() > end);
  assert.equal(activity.state.nextEdit, undefined);
};

describe('the next edit', () => {
  const scratch = useScratchFolder();
  useSetting('completion.enabled', false);
  const setting = (value: string | undefined) =>
    vscode.workspace.getConfiguration('glassbox').update('nextEdit', value, vscode.ConfigurationTarget.Global);
  beforeEach(() => setting('on'));

  // Switched off, it forgets what a test did.
  afterEach(async () => {
    await open(scratch('last.ts', ''), 0);
    await setting('off');
    await close();
  });
  after(() => setting(undefined));

  it('is gone to with Tab and made with Tab, place after place, and one undo takes one back', async () => {
    const editor = await open(scratch('five/five.ts', renamed('five', 0)), 0);
    await typeOver(editor, 'five)', 0, 'fiveNow)');
    await typeOver(editor, 'five)', 0, 'fiveNow)');
    for (const [index, line] of [3, 4, 5].entries()) {
      assert.match(await proposed(), new RegExp(`line ${line + 1}`));
      const before = editor.document.getText();
      await tab();
      assert.equal(editor.selection.active.line, line);
      assert.equal(editor.document.getText(), before, 'the first only goes there');
      await tab();
      assert.equal(editor.document.getText(), renamed('five', 3 + index));
    }
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), renamed('five', 4));
    await nothingProposed();
  });

  it('is an argument at another call, with the names of that call', async () => {
    const call = (name: string) => `  const ${name} = await load(${name}Id);\n  if (${name} === undefined) return;\n`;
    const calls = `async function all() {\n${['user', 'order', 'item'].map(call).join('')}}\n`;
    const editor = await open(scratch('calls/calls.ts', calls), 0);
    await typeOver(editor, 'userId)', 0, 'userId, { retry: true })');
    await typeOver(editor, 'orderId)', 0, 'orderId, { retry: true })');
    assert.match(await proposed(), /line 6/);
    await tab();
    await tab();
    assert.match(editor.document.getText(), /load\(itemId, \{ retry: true \}\)/);
  });

  it('is in another file where the one at hand has no more places', async () => {
    scratch('there/there.ts', renamed('there', 0));
    const editor = await open(scratch('there/here.ts', renamed('there', 3)), 0);
    await typeOver(editor, 'there)', 0, 'thereNow)');
    await typeOver(editor, 'there)', 0, 'thereNow)');
    assert.match(await proposed(), /there\.ts, line/);
    await tab();
    const { document } = vscode.window.activeTextEditor!;
    await tab();
    assert.equal(document.getText().match(/thereNow/g)?.length, 1);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), renamed('there', 0));
    await close();
  });

  it('is an argument at a call in another file, with the names of that call', async () => {
    const call = (name: string) => `  const ${name} = await send(${name}Id);\n  if (${name} === undefined) return;\n`;
    const other = `async function other() {\n${call('ticket')}}\n`;
    scratch('arguments/other.ts', other);
    const calls = `async function all() {\n${['client', 'invoice'].map(call).join('')}}\n`;
    const editor = await open(scratch('arguments/arguments.ts', calls), 0);
    await typeOver(editor, 'clientId)', 0, 'clientId, { retry: true })');
    await typeOver(editor, 'invoiceId)', 0, 'invoiceId, { retry: true })');
    assert.match(await proposed(), /other\.ts, line 2/);
    await tab();
    const { document } = vscode.window.activeTextEditor!;
    assert.equal(document.getText(), other, 'the first only goes there');
    await tab();
    assert.equal(document.getText(), other.replace('ticketId)', 'ticketId, { retry: true })'));
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), other);
  });

  it('is offered at the next of several places that are alike after it was made at one', async () => {
    const editor = await open(scratch('first/first.ts', renamed('first', 0)), 0);
    await typeOver(editor, 'first)', 0, 'firstNow)');
    assert.match(await proposed(), /line 3/);
    await tab();
    await tab();
    assert.equal(editor.document.getText(), renamed('first', 2));
  });

  it('is not proposed a third time after it was declined twice', async () => {
    const editor = await open(scratch('declined/declined.ts', renamed('declined', 0)), 0);
    const { activity } = await api();
    await typeOver(editor, 'declined)', 0, 'declinedNow)');
    await typeOver(editor, 'declined)', 0, 'declinedNow)');
    await proposed();
    await vscode.commands.executeCommand(commands.nextEditDecline);
    assert.equal(activity.state.nextEdit, undefined);
    await typeOver(editor, 'declined)', 0, 'declinedNow)');
    await proposed();
    await vscode.commands.executeCommand(commands.nextEditDecline);
    await typeOver(editor, 'declined)', 0, 'declinedNow)');
    await nothingProposed();
  });

  it('is declined by who takes it back, in another file, too', async () => {
    for (const name of ['first', 'second', 'third']) scratch(`back/${name}.ts`, renamed('back', 0));
    const editor = await open(scratch('back/here.ts', renamed('back', 3)), 0);
    await typeOver(editor, 'back)', 0, 'backNow)');
    await typeOver(editor, 'back)', 0, 'backNow)');
    const { activity } = await api();
    for (const times of [1, 2]) {
      await proposed();
      await tab();
      const { document } = vscode.window.activeTextEditor!;
      assert.notEqual(document, editor.document);
      await tab();
      assert.equal(document.getText().match(/backNow/g)?.length, 1);
      await vscode.commands.executeCommand('undo');
      await until('it is taken back', () => document.getText() === renamed('back', 0));
      assert.equal(activity.state.nextEdit, undefined);
      // Made again by hand, it is proposed until it was declined twice.
      if (times === 1) await typeOver(vscode.window.activeTextEditor!, 'back)', 2, 'backNow)');
    }
    await typeOver(vscode.window.activeTextEditor!, 'back)', 3, 'backNow)');
    await nothingProposed();
  });

  it('leaves Tab as it is where nothing is proposed', async () => {
    const editor = await open(scratch('tab/tab.ts', 'a\n'), 0, 1);
    await tab();
    assert.match(editor.document.getText(), /^a\s+\n$/);
  });

  it('goes away with the next key, and is never made in a text that has changed', async () => {
    const editor = await open(scratch('changed/changed.ts', renamed('changed', 0)), 0);
    const { activity } = await api();
    await typeOver(editor, 'changed)', 0, 'changedNow)');
    await typeOver(editor, 'changed)', 0, 'changedNow)');
    await proposed();
    await type('x');
    assert.equal(activity.state.nextEdit, undefined);
    const text = editor.document.getText();
    await vscode.commands.executeCommand(commands.nextEditTake);
    assert.equal(editor.document.getText(), text);
  });

  it('goes into no file that is read-only', async () => {
    const locked = scratch('locked/other.ts', renamed('locked', 0));
    chmodSync(locked.fsPath, 0o444);
    const editor = await open(scratch('locked/one.ts', renamed('locked', 3)), 0);
    await typeOver(editor, 'locked)', 0, 'lockedNow)');
    await typeOver(editor, 'locked)', 0, 'lockedNow)');
    await nothingProposed();
  });

  for (const rules of ['.gitignore', '.glassboxignore'])
    it(`goes into no file that ${rules} leaves out`, async () => {
      const folder = join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, `ignored${rules}`);
      const write = (name: string, text: string) => {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        return vscode.Uri.file(path);
      };
      const field = rules.slice(1);
      try {
        write(rules, 'hidden/\n');
        write('hidden/other.ts', renamed(field, 0));
        const editor = await open(write('one.ts', renamed(field, 3)), 0);
        await typeOver(editor, `${field})`, 0, `${field}Now)`);
        await typeOver(editor, `${field})`, 0, `${field}Now)`);
        await nothingProposed();
        await close();
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  it('is not learnt from what is read from disk at the cursor', async () => {
    const uri = scratch('disk/disk.ts', renamed('disk', 0));
    const editor = await open(uri, 0);
    await typeOver(editor, 'disk)', 0, 'diskNow)');
    await editor.document.save();
    await select(editor, new vscode.Selection(2, 40, 2, 40));
    scratch('disk/disk.ts', renamed('disk', 2));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until('it is read', () => editor.document.getText() === renamed('disk', 2));
    await nothingProposed();
  });

  it('is not learnt from what a command changes elsewhere', async () => {
    const editor = await open(scratch('others/others.ts', renamed('others', 0)), 0);
    await typeOver(editor, 'others)', 0, 'othersNow)');
    const made = new vscode.WorkspaceEdit();
    const at = editor.document.positionAt(editor.document.getText().lastIndexOf('others'));
    made.replace(editor.document.uri, new vscode.Range(at, at.translate(0, 'others'.length)), 'othersNow');
    await vscode.workspace.applyEdit(made);
    await nothingProposed();
  });

  it('is told in the document’s own line ends', async () => {
    const editor = await open(scratch('windows/windows.ts', renamed('windows', 0).replaceAll('\n', '\r\n')), 0);
    await typeOver(editor, 'windows)', 0, 'windowsNow)');
    await typeOver(editor, 'windows)', 0, 'windowsNow)');
    assert.match(await proposed(), /line 4/);
    await tab();
    await tab();
    assert.equal(editor.document.getText(), renamed('windows', 3).replaceAll('\n', '\r\n'));
  });
});

describe('the next edit, switched off', () => {
  const scratch = useScratchFolder();
  useSetting('completion.enabled', false);
  useSetting('nextEdit', 'off');

  it('is none', async () => {
    const editor = await open(scratch('off/off.ts', renamed('off', 0)), 0);
    await typeOver(editor, 'off)', 0, 'offNow)');
    await typeOver(editor, 'off)', 0, 'offNow)');
    await nothingProposed();
    await close();
  });
});

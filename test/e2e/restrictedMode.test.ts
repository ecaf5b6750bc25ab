import assert from 'node:assert/strict';
import { startFakeServer } from '../support/fakeServer';
import type { FakeServer } from '../support/fakeServer';
import { Editor } from './support/editor';
import { keepFailures } from './support/useEditor';
import { Workspace } from './support/workspace';

describe('a server of the user’s, in Restricted Mode', () => {
  const workspace = new Workspace(['sample/src/library.ts']);
  const other = new Workspace(['sample/src/library.ts']);
  let server: FakeServer;
  /** What the repository itself would have asked. */
  let planted: FakeServer;
  let editor: Editor;
  let isOpen = false;
  const says = (what: string): Promise<void> =>
    editor.find(`.statusbar-item [aria-label*="${what}"]`).first().waitFor();
  /** @param name what has it already would be copied from there */
  const suggest = async (name: string): Promise<string> => {
    await editor.openFile('library.ts');
    await editor.press('Escape');
    await editor.press('Enter');
    await editor.type(`${name} = `);
    await editor.run('Trigger Inline Suggestion');
    return editor.waitForGhostText();
  };
  const trust = async (): Promise<void> => {
    await editor.run('Workspaces: Manage Workspace Trust');
    await editor
      .find('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ })
      .first()
      .click();
    await says('is not used before you confirm it');
    await editor.find('.monaco-modal-editor-block .codicon-close').first().click();
    await editor.find('.monaco-modal-editor-block').waitFor({ state: 'detached' });
  };

  before(async () => {
    const tokens = ['server', 'Side', '();'];
    [server, planted] = await Promise.all([startFakeServer('llama.cpp', { tokens }), startFakeServer('llama.cpp')]);
    const names = { 'glassbox.server.completion': { address: planted.address.origin } };
    workspace.write('.vscode/settings.json', JSON.stringify(names));
    editor = await Editor.open(workspace.folder, {
      settings: { 'glassbox.server.completion': { address: server.address.origin } },
      restricted: true,
    });
    isOpen = true;
    await editor.openFile('library.ts');
    await editor.goToEndOf(workspace.lineOf('library.ts', 'private nextId = 1;'));
  });
  keepFailures(() => editor);
  after(async () => {
    if (isOpen) await editor.close();
    await Promise.all([server.close(), planted.close()]);
    workspace.remove();
    other.remove();
  });

  it('is never asked, and the status item says so', async () => {
    await editor.find('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await says(`The server at ${server.address.origin} is not used in Restricted Mode`);
    assert.ok(!(await suggest('limit')).includes('serverSide'));
    await editor.screenshot('server-restricted');
    assert.equal(server.connections(), 0);
  });

  it('is looked for nowhere', async () => {
    await editor.runAsking('Glassbox: Use a Server');
    await editor.choose('Completion');
    await editor.choose('Look on this machine');
    await editor.find('.notification-toast', { hasText: 'In Restricted Mode, nothing is sent' }).first().waitFor();
    assert.equal(server.connections() + planted.connections(), 0);
  });

  it('is asked once the workspace is trusted and the user has confirmed it', async () => {
    await trust();
    assert.equal(server.connections(), 0);
    await editor.status.click();
    await editor.choose('Confirm the server of your settings');
    await editor.dialogButton('Use This Server').click();
    await says(`Code around your cursor is sent to ${server.address.origin}`);
    // On a busy machine, the local model may be asked, too, and be the first.
    await suggest('count');
    while (server.connections() === 0) await editor.pause();
  });

  it('is not asked from another folder that is not trusted, although it was confirmed', async () => {
    await editor.save();
    await editor.openFolder(other.folder);
    await editor.find('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await says(`The server at ${server.address.origin} is not used in Restricted Mode`);
    const before = server.connections();
    await editor.openFile('library.ts');
    await editor.goToEndOf(other.lineOf('library.ts', 'private nextId = 1;'));
    assert.ok(!(await suggest('limit')).includes('serverSide'));
    assert.equal(server.connections(), before);
  });

  it('is never one that the repository names', () => assert.equal(planted.connections(), 0));
});

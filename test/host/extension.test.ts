import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/host/ids';

describe('the extension', () => {
  const extension = vscode.extensions.getExtension('glassbox.glassbox');

  before('is known to VS Code and can be activated', async () => {
    assert.ok(extension);
    await extension.activate();
  });

  it('is active', () => {
    assert.equal(extension?.isActive, true);
  });

  it('registers every command that its manifest offers', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commands).filter((command) => !registered.has(command)),
      [],
    );
  });
});

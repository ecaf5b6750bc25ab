import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/host/ids';

describe('Choose a Model', () => {
  it('changes nothing where the list is left', async () => {
    const setting = () => vscode.workspace.getConfiguration().get(settings.modelDecoder);
    const before = setting();
    const done = Promise.resolve(vscode.commands.executeCommand(commands.chooseModel)).then(() => 'left');
    const soon = () => new Promise((resolve) => setTimeout(resolve, 50, 'open'));
    // The list takes a moment to open, and closes nothing before.
    while ((await Promise.race([done, soon()])) !== 'left')
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.equal(setting(), before);
  });
});
